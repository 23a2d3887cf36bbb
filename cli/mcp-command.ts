// `holdpoint mcp`: puts the gate in front of an MCP server. Works through Holdpoint's API alone, on a machine without its database.

import { hostname } from "node:os";
import { MOST_NAME } from "../mcp-gateway/behalf.ts";
import { HttpGateway } from "../mcp-gateway/http-gateway.ts";
import { runStdioGateway } from "../mcp-gateway/stdio-gateway.ts";
import { options } from "./checked.ts";
import { Misuse } from "./command.ts";

const HOW = "Say holdpoint mcp [--agent ID] [--user ID] [--segment NAME] -- SERVER COMMAND, or the same with --listen PORT --upstream URL.";

/** The standard output belongs to the protocol. */
const log = (sentence: string): void => void process.stderr.write(`holdpoint mcp: ${sentence}\n`);

/** Nobody else would notice that a limit per user counts nothing. */
function named(option: string, given: string | undefined, ofEnvironment: string | undefined): string | null {
  if (given === "" || (given ?? ofEnvironment ?? "").length > MOST_NAME) throw new Misuse(`${option} has 1 to ${MOST_NAME} characters.`);
  return (given ?? ofEnvironment) || null;
}

function holdpoint({ agent, name, user, segment }: Partial<Record<"agent" | "name" | "user" | "segment", string | undefined>>) {
  const { HOLDPOINT_URL: url, HOLDPOINT_KEY: apiKey, HOLDPOINT_AGENT, HOLDPOINT_USER, HOLDPOINT_SEGMENT } = process.env;
  const agentId = agent ?? HOLDPOINT_AGENT;
  if (!url || !URL.canParse(url)) throw new Misuse("HOLDPOINT_URL says where Holdpoint is.");
  if (!apiKey) throw new Misuse("HOLDPOINT_KEY is an API key of the agent, with the scopes authority and telemetry.");
  if (!agentId) throw new Misuse("HOLDPOINT_AGENT or --agent says whose calls these are.");
  const subject = { user: named("--user", user, HOLDPOINT_USER), segment: named("--segment", segment, HOLDPOINT_SEGMENT) };
  return { url, apiKey, agentId, subject, name: (name ?? `MCP gateway on ${hostname()}, process ${process.pid}`).slice(0, 200), log };
}

/** Throws `Misuse`; else ends with the exit code, when the server has ended or the gateway was told to. */
export async function mcp(parameters: string[]): Promise<number> {
  const at = parameters.indexOf("--");
  const [own, command] = at < 0 ? [parameters, []] : [parameters.slice(0, at), parameters.slice(at + 1)];
  const { values } = options({ args: own, options: { agent: { type: "string" }, name: { type: "string" }, user: { type: "string" }, segment: { type: "string" }, listen: { type: "string" }, upstream: { type: "string" } } });
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const [listen, upstream] = [text(values.listen), text(values.upstream)];
  const known = holdpoint({ agent: text(values.agent), name: text(values.name), user: text(values.user), segment: text(values.segment) });
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
