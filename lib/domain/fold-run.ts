// What do the spans of one run say about it? Facts that can be put together in any order, as spans arrive in any order.

import type { AgentCard } from "./agent-card.ts";
import type { AgentSpan, RecordReference } from "./agent-span.ts";
import type { ToolEffect } from "./manifest.ts";
import { decideOutcome, type KnownOutcome, type Outcome, type OutcomeSource } from "./outcome.ts";

/** What is known from some of a run's spans. Times are whole microseconds since 1970, UTC. */
export interface RunDelta {
  startUs: number;
  endUs: number;
  spanCount: number;
  /** Calls that happened: one that the gate or a person refused, or that still waits for a person, did not. */
  toolCalls: number;
  consequentialCalls: number;
  actionErrors: number;
  inferenceCalls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** Sum over the calls whose cost is known; ask `runCost` for the run's. */
  costNanoUsd: number;
  unknownCostSpans: number;
  escalated: boolean;
  humanIntervened: boolean;
  outcome: Outcome | null;
  outcomeSource: OutcomeSource | null;
  outcomeAtUs: number | null;
  rootSeen: boolean;
  rootName: string | null;
  /** Of the error that ended first: what failed inside is told before what failed because of it. */
  errorSentence: string | null;
  /** Sorted, without repetition, cut at a limit like the two below. */
  records: readonly RecordReference[];
  segments: Readonly<Record<string, string>>;
  toolNames: readonly string[];
  versionLabel: string | null;
  fingerprint: string | null;
  stage: string | null;
  /** When the span began (for the error: ended) from which the field of that name was taken; the earliest wins. */
  takenAtUs: Readonly<Record<FirstField, number | null>>;
}

type FirstField = "rootName" | "errorSentence" | "versionLabel" | "fingerprint" | "stage";

const MOST_RECORDS = 20;
const MOST_SEGMENTS = 20;
const MOST_TOOL_NAMES = 200;
const LONGEST_SENTENCE = 300;
const LONGEST_NAME = 200;

export interface RunReading {
  reading: AgentCard["reading"];
  /** Declared effects by tool name. An undeclared tool is not counted as consequential; it is a finding of its own. */
  effects: Readonly<Record<string, ToolEffect>>;
  /** Whole nano-USD, or null when no price is known. */
  priceOf: (span: AgentSpan) => number | null;
}

/** @throws RangeError without spans: there is no run then. */
export function foldSpans(
  spans: readonly AgentSpan[],
  reading: AgentCard["reading"],
  effects: RunReading["effects"],
  priceOf: RunReading["priceOf"],
): RunDelta {
  const [first, ...others] = spans.map((span) => readSpan(span, { reading, effects, priceOf }));
  if (first === undefined) throw new RangeError("a run has at least one span");
  return others.reduce(mergeRun, first);
}

/** Commutative and associative, so that batches, retries in parts and late spans all lead to the same run. A span counts once only when it is given once. */
export function mergeRun(a: RunDelta, b: RunDelta): RunDelta {
  const known = decideOutcome(knownOutcome(a), knownOutcome(b));
  const startUs = Math.min(a.startUs, b.startUs);
  return {
    startUs,
    endUs: Math.max(a.endUs, b.endUs),
    spanCount: a.spanCount + b.spanCount,
    toolCalls: a.toolCalls + b.toolCalls,
    consequentialCalls: a.consequentialCalls + b.consequentialCalls,
    actionErrors: a.actionErrors + b.actionErrors,
    inferenceCalls: a.inferenceCalls + b.inferenceCalls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    unknownCostSpans: a.unknownCostSpans + b.unknownCostSpans,
    escalated: a.escalated || b.escalated,
    humanIntervened: a.humanIntervened || b.humanIntervened,
    outcome: known?.outcome ?? null,
    outcomeSource: known?.source ?? null,
    outcomeAtUs: known?.atUs ?? null,
    rootSeen: a.rootSeen || b.rootSeen,
    // Most spans of a run repeat what is known: looking is far cheaper than merging.
    records: b.records.every((record) => a.records.some((known) => isSameRecord(known, record))) ? a.records : mergeRecords(a.records, b.records),
    segments: Object.entries(b.segments).every(([name, value]) => Object.hasOwn(a.segments, name) && a.segments[name] === value)
      ? a.segments
      : mergeSegments(a.segments, b.segments),
    toolNames: mergeNames(a.toolNames, b.toolNames),
    ...mergeFirsts(a, b),
  };
}

/** null when any call's cost is unknown, and when no model call was seen at all: what was not seen is not free. */
export function runCost(run: Pick<RunDelta, "costNanoUsd" | "unknownCostSpans" | "inferenceCalls">): number | null {
  if (run.unknownCostSpans > 0) return null;
  return run.costNanoUsd === 0 && run.inferenceCalls === 0 ? null : run.costNanoUsd;
}

function nothingSeen(startUs: number, endUs: number): RunDelta {
  return {
    startUs, endUs, spanCount: 0, toolCalls: 0, consequentialCalls: 0, actionErrors: 0, inferenceCalls: 0,
    inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costNanoUsd: 0, unknownCostSpans: 0,
    escalated: false, humanIntervened: false, outcome: null, outcomeSource: null, outcomeAtUs: null,
    rootSeen: false, rootName: null, errorSentence: null, records: [], segments: {}, toolNames: [],
    versionLabel: null, fingerprint: null, stage: null,
    takenAtUs: { rootName: null, errorSentence: null, versionLabel: null, fingerprint: null, stage: null },
  };
}

function readSpan(span: AgentSpan, { reading, effects, priceOf }: RunReading): RunDelta {
  const empty = nothingSeen(span.startUs, span.endUs);
  if (span.kind === "transport") return empty;
  const outcome = outcomeOf(span);
  const isRoot = span.parentSpanId === null;
  const firsts = {
    rootName: isRoot ? cut(span.agentName ?? span.name, LONGEST_NAME) : null,
    errorSentence: span.status === "error" ? errorSentence(span) : null,
    versionLabel: span.versionLabel,
    fingerprint: span.fingerprint,
    stage: span.stage,
  };
  const takenAt = (field: FirstField): number | null => (firsts[field] === null ? null : field === "errorSentence" ? span.endUs : span.startUs);
  return {
    ...empty,
    spanCount: 1,
    ...toolFacts(span, reading.escalationTools, effects),
    ...modelFacts(span, priceOf),
    outcome: outcome?.outcome ?? null,
    outcomeSource: outcome?.source ?? null,
    outcomeAtUs: outcome?.atUs ?? null,
    rootSeen: isRoot,
    records: mergeRecords(cutRecords(span.records), recordsInAttributes(span, reading.recordAttributes)),
    segments: mergeSegments(cutSegments(span.segments), segmentsInAttributes(span, reading.segmentAttributes)),
    ...firsts,
    takenAtUs: {
      rootName: takenAt("rootName"), errorSentence: takenAt("errorSentence"), versionLabel: takenAt("versionLabel"),
      fingerprint: takenAt("fingerprint"), stage: takenAt("stage"),
    },
  };
}

function toolFacts(span: AgentSpan, escalationTools: readonly string[], effects: RunReading["effects"]) {
  const isTool = span.kind === "tool";
  const byPerson = isTool && (span.status === "interrupted" || span.status === "rejected");
  const happened = isTool && !byPerson && span.status !== "refused";
  const name = span.toolName;
  const effect = name !== null && Object.hasOwn(effects, name) ? effects[name] : undefined;
  return {
    toolCalls: happened ? 1 : 0,
    consequentialCalls: happened && effect !== undefined && effect !== "read" ? 1 : 0,
    actionErrors: isTool && span.status === "error" ? 1 : 0,
    escalated: span.escalated || (happened && name !== null && escalationTools.includes(name)),
    humanIntervened: span.humanIntervened || byPerson,
    toolNames: isTool && name !== null ? [cut(name, LONGEST_NAME)] : [],
  };
}

function modelFacts(span: AgentSpan, priceOf: RunReading["priceOf"]) {
  // A model that answered has cost something, also when the sender did not count its tokens; one that failed without tokens has not.
  const isBillable = span.tokens !== null || (span.kind === "inference" && span.status === "ok");
  const cost = isBillable ? priceOf(span) : null;
  return {
    inferenceCalls: span.kind === "inference" ? 1 : 0,
    inputTokens: span.tokens?.input ?? 0,
    outputTokens: span.tokens?.output ?? 0,
    cacheReadTokens: span.tokens?.cacheRead ?? 0,
    costNanoUsd: cost ?? 0,
    unknownCostSpans: isBillable && cost === null ? 1 : 0,
  };
}

function outcomeOf(span: AgentSpan): KnownOutcome | null {
  if (span.outcome !== null) return { outcome: span.outcome, source: "agent", atUs: span.endUs };
  const isTask = span.parentSpanId === null && (span.kind === "agent" || span.kind === "workflow");
  // A task that ended without an error may still have missed its aim: the trace alone never says success.
  return isTask && span.status === "error" ? { outcome: "failure", source: "trace", atUs: span.endUs } : null;
}

function knownOutcome(run: RunDelta): KnownOutcome | null {
  if (run.outcome === null || run.outcomeSource === null) return null;
  return { outcome: run.outcome, source: run.outcomeSource, atUs: run.outcomeAtUs ?? 0 };
}

function errorSentence(span: AgentSpan): string {
  const parts = [span.errorType, span.errorMessage].flatMap((part) => (part === null || part.trim() === "" ? [] : [part]));
  return cut(parts.length === 0 ? `${span.name} failed` : parts.join(": "), LONGEST_SENTENCE);
}

function recordsInAttributes(span: AgentSpan, recordAttributes: Readonly<Record<string, string>>): RecordReference[] {
  return Object.entries(recordAttributes).flatMap(([attribute, type]) => {
    const id = textIn(span.attributes, attribute);
    return id === null ? [] : [{ type, id }];
  });
}

function segmentsInAttributes(span: AgentSpan, segmentAttributes: readonly string[]): Record<string, string> {
  const found = segmentAttributes.map((attribute): [string, string | null] => [attribute, textIn(span.attributes, attribute)]);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

function cutRecords(records: readonly RecordReference[]): RecordReference[] {
  return records.map(({ type, id }) => ({ type: cut(type, LONGEST_NAME), id: cut(id, LONGEST_NAME) }));
}

function cutSegments(segments: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(segments).map(([name, value]) => [cut(name, LONGEST_NAME), cut(value, LONGEST_NAME)]));
}

function textIn(attributes: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : null;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return typeof value === "string" && value.trim() !== "" ? cut(value, LONGEST_NAME) : null;
}

// Cutting keeps the smallest of a sorted order, not the first to arrive: only so does the order of arrival not matter.

function mergeRecords(a: readonly RecordReference[], b: readonly RecordReference[]): readonly RecordReference[] {
  if (a.length === 0 && b.length === 0) return a;
  const byKey = new Map([...a, ...b].map(({ type, id }) => [JSON.stringify([type, id]), { type, id }]));
  return [...byKey].toSorted(byText).slice(0, MOST_RECORDS).map(([, record]) => record);
}

const isSameRecord = (a: RecordReference, b: RecordReference): boolean => a.id === b.id && a.type === b.type;

function mergeSegments(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [name, value] of [...Object.entries(a), ...Object.entries(b)]) {
    const other = values.get(name);
    values.set(name, other !== undefined && other < value ? other : value);
  }
  return Object.fromEntries([...values].toSorted(byText).slice(0, MOST_SEGMENTS));
}

function mergeNames(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.every((name) => a.includes(name))) return a;
  return [...new Set([...a, ...b])].toSorted().slice(0, MOST_TOOL_NAMES);
}

const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

function mergeFirsts(a: RunDelta, b: RunDelta): Pick<RunDelta, FirstField | "takenAtUs"> {
  const earlier = (field: FirstField): RunDelta => (isEarlier(b, a, field) ? b : a);
  const root = earlier("rootName"), error = earlier("errorSentence"), label = earlier("versionLabel"), print = earlier("fingerprint"), staged = earlier("stage");
  return {
    rootName: root.rootName,
    errorSentence: error.errorSentence,
    versionLabel: label.versionLabel,
    fingerprint: print.fingerprint,
    stage: staged.stage,
    takenAtUs: {
      rootName: root.takenAtUs.rootName,
      errorSentence: error.takenAtUs.errorSentence,
      versionLabel: label.takenAtUs.versionLabel,
      fingerprint: print.takenAtUs.fingerprint,
      stage: staged.takenAtUs.stage,
    },
  };
}

function isEarlier(one: RunDelta, other: RunDelta, field: FirstField): boolean {
  const [value, otherValue] = [one[field], other[field]];
  if (value === null || otherValue === null) return value !== null && otherValue === null;
  const [at, otherAt] = [one.takenAtUs[field] ?? 0, other.takenAtUs[field] ?? 0];
  return at === otherAt ? value < otherValue : at < otherAt;
}

/** One line of well-formed text; PostgreSQL takes neither NUL nor half a surrogate pair. */
function cut(text: string, longest: number): string {
  const line = text.slice(0, 4 * longest).toWellFormed().replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
