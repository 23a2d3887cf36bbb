// `holdpoint mcp`: puts the gate in front of an MCP server. Works through Holdpoint's API alone, on a machine without its database.

import { hostname } from "node:os";
import { HttpGateway } from "../mcp-gateway/http-gateway.ts";
import { runStdioGateway } from "../mcp-gateway/stdio-gateway.ts";
import { options } from "./checked.ts";
import { Misuse } from "./command.ts";

const HOW = "Say holdpoint mcp [--agent ID] -- SERVER COMMAND, or holdpoint mcp [--agent ID] --listen PORT --upstream URL.";

/** The standard output belongs to the protocol. */
const log = (sentence: string): void => void process.stderr.write(`holdpoint mcp: ${sentence}\n`);

function holdpoint(agent: string | undefined, name: string | undefined) {
  const { HOLDPOINT_URL: url, HOLDPOINT_KEY: apiKey, HOLDPOINT_AGENT } = process.env;
  const agentId = agent ?? HOLDPOINT_AGENT;
  if (!url || !URL.canParse(url)) throw new Misuse("HOLDPOINT_URL says where Holdpoint is.");
  if (!apiKey) throw new Misuse("HOLDPOINT_KEY is an API key of the agent, with the scopes authority and telemetry.");
  if (!agentId) throw new Misuse("HOLDPOINT_AGENT or --agent says whose calls these are.");
  return { url, apiKey, agentId, name: (name ?? `MCP gateway on ${hostname()}, process ${process.pid}`).slice(0, 200), log };
}

/** Throws `Misuse`; else ends with the exit code, when the server has ended or the gateway was told to. */
export async function mcp(parameters: string[]): Promise<number> {
  const at = parameters.indexOf("--");
  const [own, command] = at < 0 ? [parameters, []] : [parameters.slice(0, at), parameters.slice(at + 1)];
  const { values } = options({ args: own, options: { agent: { type: "string" }, name: { type: "string" }, listen: { type: "string" }, upstream: { type: "string" } } });
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const [listen, upstream] = [text(values.listen), text(values.upstream)];
  const known = holdpoint(text(values.agent), text(values.name));
  const [program, ...words] = command;
  if (program !== undefined && listen === undefined && upstream === undefined) {
    return runStdioGateway({ ...known, command: [program, ...words], input: process.stdin, output: process.stdout, environment: process.env });
  }
  if (program !== undefined || listen === undefined || upstream === undefined) throw new Misuse(HOW);
  if (!/^\d{1,5}$/.test(listen) || Number(listen) > 65_535) throw new Misuse("--listen is a port.");
  if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol)) throw new Misuse("--upstream is the http address of the server's MCP endpoint.");
  const gateway = await HttpGateway.open({ ...known, port: Number(listen), upstream });
  log(`listens on ${gateway.url}`);
  await new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()).once("SIGINT", () => resolve()));
  await gateway.close();
  return 0;
}
