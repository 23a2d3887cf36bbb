// How did the Vercel AI SDK speak before it learnt OpenTelemetry's GenAI convention?

import type { SpanKind } from "../domain/agent-span.ts";
import type { AttributeReader } from "./attribute-reader.ts";
import type { Dialect } from "./dialect.ts";
import { isToolCall } from "./dialect-otel-genai.ts";
import { parseContent } from "./json-content.ts";
import { systemTextOf } from "./message-text.ts";
import { observedTools } from "./observed-tools.ts";

export const aiSdkLegacy: Dialect = {
  name: "ai-sdk-legacy",
  isSpoken: (read) => read.has("ai.operationId"),
  kindOf: (read) => kindOfOperation(read.take("ai.operationId")),
  names: {
    provider: ["ai.model.provider"],
    model: ["ai.response.model", "ai.model.id"],
    inputTokens: ["ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"],
    outputTokens: ["ai.usage.outputTokens", "ai.usage.completionTokens"],
    cacheRead: ["ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"],
    cacheWrite: ["ai.usage.inputTokenDetails.cacheWriteTokens"],
    // The SDK writes this one on its new spans, too.
    reasoning: ["ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"],
    toolName: ["ai.toolCall.name"],
    toolCallId: ["ai.toolCall.id"],
    agentName: ["ai.telemetry.functionId"],
    conversationId: ["ai.telemetry.metadata.sessionId"],
  },
  inputOf: (read, kind) => (isToolCall(kind) ? read.takeContent(["ai.toolCall.args"]) : read.takeContent(["ai.prompt.messages", "ai.prompt", "ai.value", "ai.values"])),
  outputOf: (read, kind) => (isToolCall(kind) ? read.takeContent(["ai.toolCall.result"]) : answerOf(read)),
  systemInstructionsOf: (read, input) => systemTextOf(input) ?? systemTextOf(read.peek("ai.prompt")),
  toolDefinitionsOf: (read) => {
    const tools = observedTools(read.peek("ai.prompt.tools"));
    if (tools !== null) read.discard(["ai.prompt.tools"]);
    return tools;
  },
};

function kindOfOperation(operation: unknown): SpanKind | null {
  if (typeof operation !== "string") return null;
  if (operation === "ai.toolCall") return "tool";
  if (/\.do(?:Generate|Stream)$/.test(operation)) return "inference";
  if (operation.endsWith(".doEmbed")) return "embedding";
  if (operation.endsWith(".doRerank")) return "retrieval";
  return "agent";
}

/** Text alone stays text; with tool calls or an object both are told apart. */
function answerOf(read: AttributeReader): unknown {
  const parts: Record<string, unknown> = {};
  // Text that happens to look like JSON is still what the model said.
  const text = read.take("ai.response.text");
  if (typeof text === "string" && text !== "") parts["text"] = text;
  for (const [part, name] of [["reasoning", "ai.response.reasoning"], ["object", "ai.response.object"], ["toolCalls", "ai.response.toolCalls"]] as const) {
    const value = read.take(name);
    if (value !== undefined && value !== "") parts[part] = parseContent(value);
  }
  const names = Object.keys(parts);
  if (names.length === 0) return text;
  return names.length === 1 && names[0] === "text" ? text : parts;
}
