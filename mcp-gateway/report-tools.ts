// What did the server offer the agent? Told to Holdpoint as a span, so that tools which no approved version declares become a finding.

import { randomBytes } from "node:crypto";
import type { Holdpoint } from "./ask-gate.ts";
import { fingerprintOfTools, type Tool } from "./tool-list.ts";

const ANSWER_WITHIN_MS = 5_000;

export interface ServerInfo {
  name: string;
  version: string;
}

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One span of the kind that MCP instrumentations write for `tools/list`. */
export function spanOfTools(tools: readonly Tool[], { agentId, conversationId, server, fingerprint }: { agentId: string; conversationId: string; server: ServerInfo; fingerprint: string }, now: Date) {
  const at = `${now.getTime()}000000`;
  const definitions = tools.map(({ name, description, inputSchema }) => ({ type: "function", name, description, inputSchema }));
  return {
    resourceSpans: [{
      resource: { attributes: [attribute("gen_ai.agent.id", agentId), attribute("service.name", agentId)] },
      scopeSpans: [{
        scope: { name: "holdpoint-mcp-gateway" },
        spans: [{
          traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex"), name: "tools/list", kind: 3, startTimeUnixNano: at, endTimeUnixNano: at,
          attributes: [
            attribute("mcp.method.name", "tools/list"), attribute("gen_ai.conversation.id", conversationId), attribute("gen_ai.tool.definitions", JSON.stringify(definitions)),
            attribute("mcp.server.name", server.name.slice(0, 200)), attribute("mcp.server.version", server.version.slice(0, 200)), attribute("holdpoint.mcp.tools_fingerprint", fingerprint),
          ],
        }],
      }],
    }],
  };
}

export class ToolReports {
  readonly #holdpoint: Holdpoint;
  readonly #log: (sentence: string) => void;
  readonly #fingerprints = new Map<string, string>();
  readonly #reported = new Set<string>();

  constructor(holdpoint: Holdpoint, log: (sentence: string) => void) {
    this.#holdpoint = holdpoint;
    this.#log = log;
  }

  /** Each list once; of the tools only those that the agent was shown, because the others are no part of what it can do. What a server says of its version is its own word; the fingerprint is not. */
  async seen({ all, shown: tools }: { all: readonly Tool[]; shown: readonly Tool[] }, server: ServerInfo, conversationId: string): Promise<void> {
    const fingerprint = fingerprintOfTools(all) ?? "none";
    const release = JSON.stringify([server.name, server.version]);
    const before = this.#fingerprints.get(release);
    if (before !== undefined && before !== fingerprint) this.#log("The server offers other tools than before and calls itself by the same version.");
    this.#fingerprints.set(release, fingerprint);
    const key = `${release} ${fingerprint} ${tools.map(({ name }) => JSON.stringify(name)).join()}`;
    if (tools.length === 0 || this.#reported.has(key)) return;
    this.#reported.add(key);
    const { url, apiKey, agentId } = this.#holdpoint;
    try {
      const body = JSON.stringify(spanOfTools(tools, { agentId, conversationId, server, fingerprint }, new Date()));
      const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
      const answer = await fetch(`${url.replace(/\/+$/, "")}/v1/traces`, { method: "POST", headers, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`Holdpoint answered ${answer.status}.`);
    } catch {
      this.#reported.delete(key);
      this.#log("The list of tools could not be reported to Holdpoint.");
    }
  }
}
