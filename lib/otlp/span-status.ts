// How did a span end? A wait for a person, a person's no and the gate's no are no failures.

import type { AgentSpan } from "../domain/agent-span.ts";
import { labelOf } from "./attribute-reader.ts";
import { ownValue } from "./json-content.ts";
import { keptText } from "./kept-value.ts";
import type { RawSpan } from "./resource-spans.ts";

export type SpanEnd = Pick<AgentSpan, "status" | "errorType" | "errorMessage">;

// LangGraph ends the span of `interrupt()` as an error: JavaScript puts the name after the payload, Python in front of it.
const INTERRUPT_MESSAGE = /(?:^|\n)(?:GraphInterrupt|NodeInterrupt)\b/;
const INTERRUPT_TYPE = /(?:^|\.)(?:GraphInterrupt|NodeInterrupt)$/;
const REJECTED_MESSAGE = /\bwas manually rejected\b/i;
// What the SDK's guard throws instead of making the call.
const REFUSED_TYPE = /(?:^|\.)(?:GateRefused|GateDenied|GateHeld|ActionRepeated)$/;
const OK = 1, ERROR = 2;

export function readSpanEnd(span: Pick<RawSpan, "statusCode" | "statusMessage" | "events">, errorTypeAttribute: unknown): SpanEnd {
  const type = labelOf(errorTypeAttribute);
  if (span.statusCode !== ERROR && (span.statusCode === OK || type === null)) return { status: "ok", errorType: null, errorMessage: null };
  const exception = span.events.findLast((event) => event.name === "exception")?.attributes;
  const exceptionMessage = ownValue(exception, "exception.message");
  return describeError(type ?? labelOf(ownValue(exception, "exception.type")), span.statusMessage || (typeof exceptionMessage === "string" ? exceptionMessage : ""));
}

export function describeError(type: string | null, message: string): SpanEnd {
  const errorMessage = message === "" ? null : keptText(message);
  if (INTERRUPT_MESSAGE.test(message) || (type !== null && INTERRUPT_TYPE.test(type))) return { status: "interrupted", errorType: null, errorMessage };
  if (REJECTED_MESSAGE.test(message)) return { status: "rejected", errorType: null, errorMessage };
  return { status: "error", errorType: type, errorMessage };
}

/** Of a tool call: one that the gate refused was not made, so it did not fail. What ended because of it, such as the task, did. */
export const endOfToolCall = (end: SpanEnd): SpanEnd => (end.status === "error" && end.errorType !== null && REFUSED_TYPE.test(end.errorType) ? { ...end, status: "refused", errorType: null } : end);
