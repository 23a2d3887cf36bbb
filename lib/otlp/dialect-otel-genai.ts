// How does OpenTelemetry's GenAI convention speak, in all its versions? Nothing of it is stable, so old names stay for ever.

import type { SpanKind } from "../domain/agent-span.ts";
import { numberedGroups, type AttributeReader } from "./attribute-reader.ts";
import { kindFrom, type Dialect } from "./dialect.ts";
import { instructionsText, systemTextOf } from "./message-text.ts";
import { observedTools } from "./observed-tools.ts";
import { parseContent } from "./json-content.ts";
import type { RawEvent, RawSpan } from "./resource-spans.ts";
import type { Attributes } from "./set-own.ts";

const OPERATIONS: Readonly<Record<string, SpanKind>> = {
  chat: "inference", text_completion: "inference", generate_content: "inference", embeddings: "embedding", retrieval: "retrieval",
  execute_tool: "tool", invoke_agent: "agent", create_agent: "agent", invoke_workflow: "workflow", plan: "step", agent_step: "step",
  apply_guardrail: "guardrail", fetch_response: "other",
};
const MEMORY_OPERATION = /^(?:create|search|update|upsert|delete)_memory(?:_store)?$/;
const CLIENT = 3;

export const otelGenAi: Dialect = {
  name: "otel-genai",
  isSpoken: (read) => read.names().some((name) => name.startsWith("gen_ai.") || name === "mcp.method.name"),
  kindOf,
  names: {
    provider: ["gen_ai.provider.name", "gen_ai.system"],
    model: ["gen_ai.response.model", "gen_ai.request.model"],
    inputTokens: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    outputTokens: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
    cacheRead: ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"],
    cacheWrite: ["gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"],
    reasoning: ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"],
    toolName: ["gen_ai.tool.name"],
    toolCallId: ["gen_ai.tool.call.id"],
    agentName: ["gen_ai.agent.name"],
    conversationId: ["gen_ai.conversation.id"],
  },
  inputOf: (read, kind, events) =>
    isToolCall(kind)
      ? read.takeContent(["gen_ai.tool.call.arguments"])
      : (read.takeContent(["gen_ai.input.messages"]) ?? eventContent(events, ["gen_ai.input.messages", "gen_ai.prompt"]) ?? messagesOfEvents(events) ??
        read.takeContent(["gen_ai.prompt"]) ?? flattenedMessages(read, "gen_ai.prompt.")),
  outputOf: (read, kind, events) =>
    isToolCall(kind)
      ? read.takeContent(["gen_ai.tool.call.result"])
      : (read.takeContent(["gen_ai.output.messages"]) ?? eventContent(events, ["gen_ai.output.messages", "gen_ai.completion"]) ?? choicesOfEvents(events) ??
        read.takeContent(["gen_ai.completion"]) ?? flattenedMessages(read, "gen_ai.completion.")),
  systemInstructionsOf: (read, input) => instructionsText(read.take("gen_ai.system_instructions")) ?? systemTextOf(input),
  toolDefinitionsOf: (read) => {
    const tools = observedTools(read.peek("gen_ai.tool.definitions"));
    if (tools !== null) read.discard(["gen_ai.tool.definitions"]);
    return tools;
  },
  hiddenFieldsOf: (read) => ({ agentName: read.peek("gen_ai.workflow.name") }),
};

function kindOf(read: AttributeReader, span: RawSpan): SpanKind | null {
  // The same tool call, seen once more on its way to the MCP server.
  if (read.has("mcp.method.name")) return "transport";
  const operation = read.take("gen_ai.operation.name");
  if (typeof operation === "string") return kindFrom(OPERATIONS, operation) ?? (MEMORY_OPERATION.test(operation) ? "memory" : null);
  // Libraries from before the operation had a name: a request to a model that says what it used.
  const isModelCall = span.kind === CLIENT && read.has("gen_ai.request.model") && read.names().some((name) => name.startsWith("gen_ai.usage."));
  return isModelCall ? "inference" : null;
}

export function isToolCall(kind: SpanKind): boolean {
  return kind === "tool" || kind === "transport";
}

function eventContent(events: readonly RawEvent[], names: readonly string[]): unknown {
  for (const event of events) {
    if (!event.name.startsWith("gen_ai.")) continue;
    for (const name of names) if (Object.hasOwn(event.attributes, name)) return parseContent(event.attributes[name]);
  }
  return undefined;
}

const MESSAGE_EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$/;

function messagesOfEvents(events: readonly RawEvent[]): Attributes[] | undefined {
  const messages = events.flatMap((event) => {
    const role = MESSAGE_EVENT.exec(event.name)?.[1];
    return role === undefined ? [] : [{ role, ...event.attributes }];
  });
  return messages.length > 0 ? messages : undefined;
}

function choicesOfEvents(events: readonly RawEvent[]): Attributes[] | undefined {
  const choices = events.filter((event) => event.name === "gen_ai.choice").map((event) => event.attributes);
  return choices.length > 0 ? choices : undefined;
}

/** `gen_ai.prompt.0.role`, as OpenLLMetry wrote messages before 0.2x. */
function flattenedMessages(read: AttributeReader, prefix: string): Attributes[] | undefined {
  const messages = numberedGroups(read.takeGroup(prefix));
  return messages.length > 0 ? messages : undefined;
}
