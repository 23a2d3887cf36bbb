// How does OpenInference speak, for LangChain, LangGraph and the OpenAI Agents SDK among others?

import type { ObservedTool, SpanKind } from "../domain/agent-span.ts";
import { numberedGroups, subgroup, type AttributeReader } from "./attribute-reader.ts";
import { kindFrom, type Dialect } from "./dialect.ts";
import { isToolCall } from "./dialect-otel-genai.ts";
import { isRecord, ownValue, parseContent } from "./json-content.ts";
import { contentText } from "./message-text.ts";
import { observedTool } from "./observed-tools.ts";
import type { RawSpan } from "./resource-spans.ts";
import type { Attributes } from "./set-own.ts";

const KINDS: Readonly<Record<string, SpanKind>> = {
  LLM: "inference", EMBEDDING: "embedding", RETRIEVER: "retrieval", RERANKER: "retrieval", TOOL: "tool", AGENT: "agent", GUARDRAIL: "guardrail",
  EVALUATOR: "other", PROMPT: "other",
};

export const openInference: Dialect = {
  name: "openinference",
  isSpoken: (read) => read.has("openinference.span.kind"),
  kindOf,
  names: {
    provider: ["llm.provider", "llm.system"],
    model: ["llm.response.model_name", "llm.model_name", "llm.request.model_name", "embedding.model_name"],
    inputTokens: ["llm.token_count.prompt"],
    outputTokens: ["llm.token_count.completion"],
    cacheRead: ["llm.token_count.prompt_details.cache_read"],
    cacheWrite: ["llm.token_count.prompt_details.cache_write"],
    reasoning: ["llm.token_count.completion_details.reasoning"],
    toolName: ["tool.name"],
    toolCallId: ["tool.id", "tool_call.id"],
    agentName: ["agent.name", "graph.node.id"],
    conversationId: ["session.id"],
  },
  inputOf: (read) => {
    const messages = messagesOf(read, "llm.input_messages.");
    // Where the messages are there one by one, the whole is only their double.
    const whole = read.takeContent(["input.value"]);
    read.discard(["input.mime_type"]);
    return messages ?? whole;
  },
  outputOf: (read, kind) => {
    const messages = messagesOf(read, "llm.output_messages.");
    const whole = read.takeContent(["output.value"]);
    read.discard(["output.mime_type"]);
    return messages ?? (isToolCall(kind) ? (toolMessageOf(whole)?.content ?? whole) : whole);
  },
  systemInstructionsOf: (_read, input) => {
    if (!Array.isArray(input)) return null;
    const system: unknown = input.find((message) => ownValue(message, "role") === "system" || ownValue(message, "role") === "developer");
    return contentText(system);
  },
  toolDefinitionsOf,
  hiddenFieldsOf: (read, kind) => {
    const metadata = parseContent(read.peek("metadata"));
    return {
      conversationId: ownValue(metadata, "thread_id"),
      agentName: ownValue(metadata, "lc_agent_name"),
      model: ownValue(metadata, "ls_model_name"),
      provider: ownValue(metadata, "ls_provider"),
      ...(isToolCall(kind) && { toolCallId: toolMessageOf(parseContent(read.peek("output.value")))?.callId }),
    };
  },
};

function kindOf(read: AttributeReader, span: RawSpan): SpanKind | null {
  const word = read.take("openinference.span.kind");
  if (typeof word !== "string") return null;
  // The root of a LangGraph run is a chain like every node under it.
  if (word.toUpperCase() === "CHAIN") return /^0*$/.test(span.parentSpanId) ? "workflow" : "step";
  // The OpenAI Agents instrumentation calls the handing over to another agent a tool.
  if (word.toUpperCase() === "TOOL" && span.name.startsWith("handoff to ")) return "step";
  return kindFrom(KINDS, word.toUpperCase());
}

function messagesOf(read: AttributeReader, prefix: string): Attributes[] | undefined {
  const messages = numberedGroups(read.takeGroup(prefix)).map((flat) => messageOf(subgroup(flat, "message.")));
  return messages.length > 0 ? messages : undefined;
}

function messageOf(flat: Attributes): Attributes {
  const message: Attributes = {};
  const contents = numberedGroups(subgroup(flat, "contents.")).map((part) => subgroup(part, "message_content."));
  const calls = numberedGroups(subgroup(flat, "tool_calls.")).map((flatCall) => {
    const call = subgroup(flatCall, "tool_call.");
    return { id: call["id"] ?? null, name: call["function.name"] ?? null, arguments: parseContent(call["function.arguments"] ?? null) };
  });
  for (const key of ["role", "content", "name", "tool_call_id"]) if (flat[key] !== undefined) message[key] = flat[key];
  if (contents.length > 0) message["parts"] = contents;
  if (calls.length > 0) message["tool_calls"] = calls;
  return message;
}

/** LangChain's serialised ToolMessage, by itself or under `output`, with or without `kwargs` around its fields. */
export function toolMessageOf(value: unknown): { content: unknown; callId: string; hasFailed: boolean } | null {
  const message = ownValue(value, "output") ?? value;
  const fields = ownValue(message, "kwargs") ?? message;
  const callId = ownValue(fields, "tool_call_id");
  if (!isRecord(fields) || typeof callId !== "string") return null;
  return { content: parseContent(ownValue(fields, "content") ?? null), callId, hasFailed: ownValue(fields, "status") === "error" };
}

function toolDefinitionsOf(read: AttributeReader): ObservedTool[] | null {
  if (!read.names().some((name) => name.startsWith("llm.tools."))) return null;
  const tools = numberedGroups(read.takeGroup("llm.tools.")).map((flat) => observedTool(flat["tool.json_schema"] ?? subgroup(flat, "tool.")));
  return tools.every((tool) => tool !== null) ? tools : null;
}
