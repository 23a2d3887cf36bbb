// What must a dialect of tracing say about itself so that its spans can be understood?

import type { ObservedTool, SpanKind } from "../domain/agent-span.ts";
import type { AttributeReader } from "./attribute-reader.ts";
import type { RawEvent, RawSpan } from "./resource-spans.ts";

export const NAMED_FIELDS = [
  "provider", "model", "inputTokens", "outputTokens", "cacheRead", "cacheWrite", "reasoning", "toolName", "toolCallId", "agentName", "conversationId",
] as const;
export type NamedField = (typeof NAMED_FIELDS)[number];

export interface Dialect {
  name: string;
  isSpoken: (read: AttributeReader, scope: string) => boolean;
  /** null when the span has no kind in this dialect. */
  kindOf: (read: AttributeReader, span: RawSpan) => SpanKind | null;
  /** Attribute names by field, the best first. */
  names: Partial<Record<NamedField, readonly string[]>>;
  /** Content is undefined where the span carries none. */
  inputOf: (read: AttributeReader, kind: SpanKind, events: readonly RawEvent[]) => unknown;
  outputOf: (read: AttributeReader, kind: SpanKind, events: readonly RawEvent[]) => unknown;
  systemInstructionsOf?: (read: AttributeReader, input: unknown) => string | null;
  toolDefinitionsOf?: (read: AttributeReader) => ObservedTool[] | null;
  /** Fields that hide inside other values; asked last. */
  hiddenFieldsOf?: (read: AttributeReader, kind: SpanKind) => Partial<Record<NamedField, unknown>>;
}

/** The table's kind for a word that came from outside, so never an inherited property. */
export function kindFrom(table: Readonly<Record<string, SpanKind>>, word: unknown): SpanKind | null {
  return typeof word === "string" && Object.hasOwn(table, word) ? (table[word] ?? null) : null;
}
