// Which spans of a request are taken, and which are sent back?

import type { AgentSpan } from "../domain/agent-span.ts";
import { atOnce, type Steps } from "./in-steps.ts";
import { normaliseSpan } from "./normalise-span.ts";
import { readResource, type ResourceFacts } from "./resource-facts.ts";
import type { RawResourceSpans, RawSpan } from "./resource-spans.ts";
import type { Attributes } from "./set-own.ts";
import { checkTime } from "./telemetry-time.ts";

export interface Rejection {
  count: number;
  /** A sentence for the person who reads the sender's log; no payload. */
  reason: string;
}

export interface AcceptedSpans {
  spans: AgentSpan[];
  rejected: Rejection[];
}

export const spansOf = (resourceSpans: Iterable<RawResourceSpans>, now: Date): AcceptedSpans => atOnce(acceptSpans(resourceSpans, now));

const SPANS_PER_STEP = 100;

export function* acceptSpans(resourceSpans: Iterable<RawResourceSpans>, now: Date): Steps<AcceptedSpans> {
  const facts = new Map<Attributes, ResourceFacts>();
  const counts = new Map<string, number>();
  const spans: AgentSpan[] = [];
  for (const { resource, scope, spans: raws } of resourceSpans) {
    const known = facts.get(resource) ?? readResource(resource);
    facts.set(resource, known);
    for (const raw of raws) {
      const fault = findFault(raw, now);
      if (fault !== null) counts.set(fault, (counts.get(fault) ?? 0) + 1);
      else if (spans.push(normaliseSpan(raw.endUs < raw.startUs ? { ...raw, endUs: raw.startUs } : raw, known, scope)) % SPANS_PER_STEP === 0) yield;
    }
  }
  return { spans, rejected: rejectionsOf(counts) };
}

export function rejectionsOf(counts: ReadonlyMap<string, number>): Rejection[] {
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

function findFault(raw: RawSpan, now: Date): string | null {
  if (!isId(raw.traceId, 32)) return "The trace id is not 16 bytes, or all zero.";
  if (!isId(raw.spanId, 16)) return "The span id is not 8 bytes, or all zero.";
  if (!/^0*$/.test(raw.parentSpanId) && !isId(raw.parentSpanId, 16)) return "The parent span id is not 8 bytes.";
  return timeFaultOf(raw.startUs, raw.endUs, now);
}

/** An end before the start is no fault here: clocks are set while spans run. */
export function timeFaultOf(startUs: number, endUs: number, now: Date): string | null {
  const start = checkTime(startUs, now);
  if (start !== null) return `The start time is ${start}.`;
  return endUs > startUs && checkTime(endUs, now) === "in the future" ? "The end time is in the future." : null;
}

const HEX = /^[0-9a-f]*$/;

function isId(id: string, digits: number): boolean {
  return id.length === digits && HEX.test(id) && !/^0*$/.test(id);
}
