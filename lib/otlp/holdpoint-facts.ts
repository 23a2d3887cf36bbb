// What does an agent tell us in our own words? `holdpoint.*`, on the span or on the resource.

import type { AgentSpan, RecordReference } from "../domain/agent-span.ts";
import { labelOf } from "./attribute-reader.ts";
import { setOwn, type Attributes } from "./set-own.ts";

export type HoldpointFacts = Pick<AgentSpan, "fingerprint" | "stage" | "outcome" | "records" | "segments"> & {
  escalated: boolean | null;
  humanIntervened: boolean | null;
};

export const NO_FACTS: HoldpointFacts = Object.freeze({
  fingerprint: null, stage: null, outcome: null, escalated: null, humanIntervened: null, records: [], segments: {},
});

const PREFIX = "holdpoint.";
const RECORD = "holdpoint.record.";
const SEGMENT = "holdpoint.segment.";

export function isHoldpointName(name: string): boolean {
  return name.startsWith(PREFIX);
}

export function holdpointFactsOf(attributes: Attributes): HoldpointFacts {
  const names = Object.keys(attributes).filter(isHoldpointName);
  if (names.length === 0) return NO_FACTS;
  const facts: HoldpointFacts = { ...NO_FACTS, records: [], segments: {} };
  for (const name of names) {
    const value = attributes[name];
    if (name === "holdpoint.version.fingerprint") facts.fingerprint = labelOf(value);
    else if (name === "holdpoint.stage") facts.stage = labelOf(value);
    else if (name === "holdpoint.outcome") facts.outcome = value === "success" || value === "failure" ? value : null;
    else if (name === "holdpoint.escalated") facts.escalated = truthOf(value);
    else if (name === "holdpoint.human_intervened") facts.humanIntervened = truthOf(value);
    else if (name.startsWith(RECORD)) addRecords(facts.records, name.slice(RECORD.length), value);
    else if (name.startsWith(SEGMENT)) addSegment(facts.segments, name.slice(SEGMENT.length), value);
  }
  return facts;
}

/** The span's word over the resource's; records and segments of both. */
export function mergeFacts(span: HoldpointFacts, resource: HoldpointFacts): HoldpointFacts {
  if (resource === NO_FACTS) return span;
  if (span === NO_FACTS) return resource;
  const known = new Set(span.records.map(({ type, id }) => `${type} ${id}`));
  return {
    fingerprint: span.fingerprint ?? resource.fingerprint,
    stage: span.stage ?? resource.stage,
    outcome: span.outcome ?? resource.outcome,
    escalated: span.escalated ?? resource.escalated,
    humanIntervened: span.humanIntervened ?? resource.humanIntervened,
    records: [...span.records, ...resource.records.filter(({ type, id }) => !known.has(`${type} ${id}`))],
    segments: { ...resource.segments, ...span.segments },
  };
}

function truthOf(value: unknown): boolean | null {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : null;
}

function addRecords(records: RecordReference[], type: string, value: unknown): void {
  const kind = labelOf(type);
  for (const item of Array.isArray(value) ? value : [value]) {
    const id = labelOf(item);
    if (kind !== null && id !== null) records.push({ type: kind, id });
  }
}

function addSegment(segments: Record<string, string>, name: string, value: unknown): void {
  const segment = labelOf(name);
  const text = typeof value === "boolean" ? String(value) : labelOf(value);
  if (segment !== null && text !== null) setOwn(segments, segment, text);
}
