// How does OpenLLMetry (Traceloop) speak? Its model calls use OpenTelemetry's names; its own are around them.

import type { SpanKind } from "../domain/agent-span.ts";
import { numberedGroups } from "./attribute-reader.ts";
import { kindFrom, type Dialect } from "./dialect.ts";
import { isToolCall } from "./dialect-otel-genai.ts";
import { isRecord, ownValue } from "./json-content.ts";
import { observedTools } from "./observed-tools.ts";

const KINDS: Readonly<Record<string, SpanKind>> = { workflow: "workflow", agent: "agent", task: "step", tool: "tool" };
const REQUESTS: Readonly<Record<string, SpanKind>> = { chat: "inference", completion: "inference", embedding: "embedding", rerank: "retrieval" };

export const openLlmetry: Dialect = {
  name: "openllmetry",
  isSpoken: (read, scope) => scope.startsWith("@traceloop/") || read.has("llm.request.type") || read.names().some((name) => name.startsWith("traceloop.")),
  kindOf: (read) => kindFrom(KINDS, read.take("traceloop.span.kind")) ?? kindFrom(REQUESTS, read.take("llm.request.type")),
  names: {
    // `traceloop.workflow.name` is no name for the agent: a tool span carries there the agent's, other spans the workflow's.
    conversationId: ["traceloop.association.properties.session_id", "traceloop.association.properties.thread_id"],
  },
  inputOf: (read) => {
    const call = read.takeContent(["traceloop.entity.input"]);
    return isRecord(call) && "kwargs" in call ? parametersOf(call) : call;
  },
  outputOf: (read) => read.takeContent(["traceloop.entity.output"]),
  toolDefinitionsOf: (read) => {
    if (!read.has("llm.request.functions.0.name")) return null;
    return observedTools(numberedGroups(read.takeGroup("llm.request.functions.")));
  },
  hiddenFieldsOf: (read, kind) => {
    const name = read.peek("traceloop.entity.name");
    if (isToolCall(kind)) return { toolName: name };
    return kind === "agent" || kind === "workflow" ? { agentName: name } : {};
  },
};

/** `{args, kwargs}`, of which a call by name fills only the second. */
function parametersOf(call: Record<string, unknown>): unknown {
  const byPosition = ownValue(call, "args");
  const byName = ownValue(call, "kwargs");
  const hasPositions = Array.isArray(byPosition) && byPosition.length > 0;
  const hasNames = isRecord(byName) && Object.keys(byName).length > 0;
  if (hasPositions && hasNames) return call;
  return hasPositions ? byPosition : byName;
}
