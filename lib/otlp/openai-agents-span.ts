// What does one span of the OpenAI Agents SDK's own tracing say?

import type { AgentSpan, SpanKind, TokenUsage } from "../domain/agent-span.ts";
import { countOf, labelOf } from "./attribute-reader.ts";
import { isRecord, ownValue, parseContent } from "./json-content.ts";
import { keptAttributes, keptText, keptValue } from "./kept-value.ts";
import { systemTextOf } from "./message-text.ts";
import { describeError, type SpanEnd } from "./span-status.ts";
import type { Attributes } from "./set-own.ts";
import { tokenUsage } from "./token-usage.ts";

/** `type` is the SDK's own word; `turn` and `task` hide in custom spans. */
export interface SpanData {
  type: string;
  data: Attributes;
}

export type SpanContent = Pick<
  AgentSpan,
  "name" | "kind" | "status" | "errorType" | "errorMessage" | "agentName" | "model" | "tokens" | "toolName" | "input" | "output" | "systemInstructions" | "attributes"
>;

const KINDS: Readonly<Record<string, SpanKind>> = {
  agent: "agent", task: "workflow", turn: "step", handoff: "step", function: "tool", generation: "inference", response: "inference", guardrail: "guardrail",
};

export function spanDataOf(item: Attributes): SpanData {
  const outer = ownValue(item, "span_data");
  const inner = ownValue(outer, "data");
  const innerType = ownValue(inner, "sdk_span_type");
  if (ownValue(outer, "type") === "custom" && isRecord(inner) && typeof innerType === "string") return { type: innerType, data: inner };
  const type = ownValue(outer, "type");
  return { type: typeof type === "string" ? type : "", data: isRecord(outer) ? outer : {} };
}

export function spanContentOf({ type, data }: SpanData, error: unknown): SpanContent {
  const kind = Object.hasOwn(KINDS, type) ? (KINDS[type] ?? "other") : "other";
  const output = parseContent(ownValue(data, "output") ?? null);
  const input = inputOf(type, data);
  return {
    name: keptText(nameOf(type, data)),
    kind,
    ...endOf(error),
    agentName: labelOf(type === "agent" ? ownValue(data, "name") : ownValue(data, "agent_name")),
    model: kind === "inference" ? (labelOf(ownValue(firstOf(output), "model")) ?? labelOf(ownValue(ownValue(data, "response"), "model")) ?? labelOf(ownValue(data, "model"))) : null,
    tokens: kind === "inference" ? usageOf(ownValue(data, "usage") ?? ownValue(ownValue(data, "response"), "usage") ?? ownValue(firstOf(output), "usage")) : null,
    toolName: type === "function" ? labelOf(ownValue(data, "name")) : null,
    input: keptValue(input),
    output: keptValue(type === "handoff" ? (ownValue(data, "to_agent") ?? null) : output),
    systemInstructions: kind === "inference" ? systemTextOf(input) : null,
    attributes: attributesOf(data),
  };
}

/** `usage` as a model call, a turn or a chat completion writes it. */
export function usageOf(usage: unknown): TokenUsage | null {
  const count = (...paths: readonly string[][]): number | null => {
    for (const path of paths) {
      const value = countOf(path.reduce<unknown>((part, key) => ownValue(part, key), usage));
      if (value !== null) return value;
    }
    return null;
  };
  return tokenUsage({
    input: count(["input_tokens"], ["prompt_tokens"]),
    output: count(["output_tokens"], ["completion_tokens"]),
    cacheRead: count(["cached_input_tokens"], ["input_tokens_details", "cached_tokens"], ["prompt_tokens_details", "cached_tokens"]),
    cacheWrite: count(["cache_write_input_tokens"]),
    reasoning: count(["output_tokens_details", "reasoning_tokens"], ["completion_tokens_details", "reasoning_tokens"]),
  });
}

function nameOf(type: string, data: Attributes): string {
  return labelOf(ownValue(data, "name")) ?? (type === "turn" ? `turn ${labelOf(ownValue(data, "turn")) ?? ""}`.trim() : type);
}

function inputOf(type: string, data: Attributes): unknown {
  return type === "handoff" ? (ownValue(data, "from_agent") ?? null) : parseContent(ownValue(data, "input") ?? null);
}

function endOf(error: unknown): SpanEnd {
  if (!isRecord(error)) return { status: "ok", errorType: null, errorMessage: null };
  const details = ownValue(error, "data");
  const messages = [ownValue(error, "message"), typeof details === "string" ? details : ownValue(details, "error")].filter((part) => typeof part === "string");
  return describeError(null, messages.join(": "));
}

const TAKEN = new Set(["type", "sdk_span_type", "name", "agent_name", "input", "output", "model", "usage", "response", "from_agent", "to_agent"]);

function attributesOf(data: Attributes): Attributes {
  return keptAttributes(Object.fromEntries(Object.entries(data).filter(([name]) => !TAKEN.has(name))));
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
