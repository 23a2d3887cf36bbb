// runbook-runner's files: a real MCP server from npm on a folder of its own, behind `holdpoint mcp`, driven by the official client.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CallToolResult, Client } from "@modelcontextprotocol/client";
import type { GateAnswer } from "../sdk/src/enforcement-point.ts";
import type { Gate } from "./gated-task.ts";
import { RUNBOOKS } from "./records/runbook-folder.ts";
import type { Answer } from "./session.ts";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const PACKAGES = path.join(ROOT, "node_modules/@modelcontextprotocol");
const SERVER = path.join(PACKAGES, "server-filesystem/dist/index.js");
/** Longer than the gateway holds a call. */
const ANSWER_WITHIN_MS = 90_000;
/** So long a task goes on calling again while a person has to decide. */
const LONGEST_HOLD_MS = 15 * 60_000;
const DECISION = "holdpoint/decision";
/** These say something of the whole agent or tool; every other no is about this one call, and the agent goes on without it. */
const ENDS = new Set<string>(["no_lease", "kill_switch", "tool_stopped", "tool_unknown", "authority", "task_limit"] satisfies GateAnswer["reason"][]);

export interface RunbookServerOptions {
  url: string;
  apiKey: string;
  agentId: string;
  dataDir: string;
}

/** Runbooks that somebody changed stay as they are. */
function makeFolder(folder: string): void {
  for (const name of ["runbooks", "reports"]) fs.mkdirSync(path.join(folder, name), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(RUNBOOKS)) {
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) fs.writeFileSync(file, text, { mode: 0o600 });
  }
}

type Heard = { answer: Answer<unknown> } | { ruling: GateAnswer };

/** What a result says: what the tool gave, that it refused, or that the gate did. */
export function heardIn({ content, isError, _meta }: Pick<CallToolResult, "content" | "isError" | "_meta">): Heard {
  const text = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  if (isError !== true) return { answer: { state: "done", value: { content: text } } };
  const said = _meta?.[DECISION];
  if (typeof said !== "object" || said === null) return { answer: { state: "refused", code: "tool_error", sentence: text } };
  const { decision, reason } = said as { decision?: unknown; reason?: unknown };
  if (decision !== "hold" && !ENDS.has(String(reason))) return { answer: { state: "refused", code: "denied", sentence: text } };
  return { ruling: rulingWith(decision === "hold" ? "hold" : "deny", reason as GateAnswer["reason"], text) };
}

const rulingWith = (decision: "hold" | "deny", reason: GateAnswer["reason"], sentence: string): GateAnswer =>
  ({ decision, reason, sentence, isRecommendation: false, stopId: null, epoch: null, policies: [], approvers: [], approvalsNeeded: 0 });

export class RunbookServer {
  readonly #options: RunbookServerOptions;
  #client: Promise<Client> | null = null;
  #isClosed = false;

  constructor(options: RunbookServerOptions) {
    this.#options = options;
  }

  /** False after an install that left out the development packages. */
  static isInstalled(): boolean {
    return fs.existsSync(SERVER) && fs.existsSync(path.join(PACKAGES, "client"));
  }

  get folder(): string {
    return path.join(this.#options.dataDir, "runbook-runner");
  }

  /** Ahead of the first call. Never throws: a call tries again. */
  async start(): Promise<void> {
    const connected = this.#connected();
    await connected.catch(() => this.#leave(connected));
  }

  /** Ends the gateway, which ends the server behind it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#client?.catch(() => null))?.close();
  }

  /** Calls of one task. Where the server cannot be had the call is refused as by a system that does not answer. */
  through({ conversationId, signal }: { conversationId: string; signal: AbortSignal }): Gate["call"] {
    return async ({ tool, args }, make) => {
      const heard = await this.#ask({ name: tool, arguments: args, _meta: { "holdpoint/conversationId": conversationId } }, signal);
      if ("ruling" in heard) return heard.ruling;
      make(args, heard.answer);
      return null;
    };
  }

  async #ask(call: Parameters<Client["callTool"]>[0], signal: AbortSignal): Promise<Heard> {
    const untilMs = Date.now() + LONGEST_HOLD_MS;
    const connected = this.#connected();
    try {
      for (;;) {
        const client = await connected;
        const heard = heardIn(await client.callTool(call, { timeout: ANSWER_WITHIN_MS, signal }));
        // The gateway says to call again with the same arguments, and goes on there where this call waited.
        if (!("ruling" in heard) || heard.ruling.decision !== "hold" || Date.now() >= untilMs) return heard;
      }
    } catch {
      if (signal.aborted) return { ruling: rulingWith("deny", "no_lease", "The demo ended.") };
      this.#leave(connected);
      return { answer: { state: "refused", code: "unavailable", sentence: "The file server does not answer." } };
    }
  }

  #connected(): Promise<Client> {
    if (this.#isClosed) return Promise.reject(new Error("The runbook server is closed."));
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** The next call begins with a gateway of its own. */
  #leave(connected: Promise<Client>): void {
    if (this.#client === connected) this.#client = null;
    void connected.then((client) => client.close()).catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const [{ Client: McpClient }, { StdioClientTransport }] = await Promise.all([import("@modelcontextprotocol/client"), import("@modelcontextprotocol/client/stdio")]);
    const { url, apiKey, agentId, dataDir } = this.#options;
    makeFolder(this.folder);
    const log = fs.openSync(path.join(dataDir, "mcp.log"), "a", 0o600);
    const client = new McpClient({ name: agentId, version: "1.0.0" });
    try {
      await client.connect(new StdioClientTransport({
        command: process.execPath, cwd: ROOT, stderr: log,
        args: ["cli/holdpoint.ts", "mcp", "--agent", agentId, "--name", `mcp ${agentId} files`, "--", process.execPath, SERVER, this.folder],
        env: { PATH: process.env.PATH ?? "", HOLDPOINT_URL: url, HOLDPOINT_KEY: apiKey },
      }));
      // As every client does first; the gateway compares the list with what is approved.
      await client.listTools();
      return client;
    } catch (error) {
      await client.close().catch(() => undefined);
      throw error;
    } finally {
      fs.closeSync(log);
    }
  }
}
