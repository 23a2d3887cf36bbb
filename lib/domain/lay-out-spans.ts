// In which order, how deep and from when to when are a run's spans drawn? Each below its parent, by time; the parentless at the end.

import type { SpanKind, SpanStatus } from "./agent-span.ts";

export interface SpanFacts {
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: SpanKind;
  status: SpanStatus;
  startUs: number;
  durationUs: number;
  toolName: string | null;
}

export type LaidOut<Span extends SpanFacts> = Span & {
  depth: number;
  /** From the start of the run. */
  offsetUs: number;
  /** Its parent is named but never arrived; it and what is below it are listed apart. */
  isParentMissing: boolean;
};

export interface SpanLayout<Span extends SpanFacts> {
  rows: LaidOut<Span>[];
  startUs: number;
  totalUs: number;
  missingParents: number;
}

/** Linear in the number of spans, without recursion: traces come with ten thousand spans, and some with circles. */
export function layOutSpans<Span extends SpanFacts>(spans: readonly Span[]): SpanLayout<Span> {
  const startUs = spans.reduce((least, span) => Math.min(least, span.startUs), Number.POSITIVE_INFINITY);
  const endUs = spans.reduce((most, span) => Math.max(most, span.startUs + span.durationUs), Number.NEGATIVE_INFINITY);
  const known = new Set(spans.map((span) => span.spanId));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  const orphans: Span[] = [];
  for (const span of spans.toSorted(byTime)) {
    const { parentSpanId: parent } = span;
    if (parent === null) roots.push(span);
    else if (!known.has(parent)) orphans.push(span);
    else if (children.has(parent)) children.get(parent)?.push(span);
    else children.set(parent, [span]);
  }

  const rows: LaidOut<Span>[] = [];
  const drawn = new Set<string>();
  const draw = (tops: readonly Span[], isParentMissing: boolean): void => {
    const waiting = tops.toReversed().map((span) => ({ span, depth: 0 }));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, depth } = next;
      if (drawn.has(span.spanId)) continue;
      drawn.add(span.spanId);
      rows.push({ ...span, depth, offsetUs: span.startUs - startUs, isParentMissing });
      for (const child of (children.get(span.spanId) ?? []).toReversed()) waiting.push({ span: child, depth: depth + 1 });
    }
  };
  draw(roots, false);
  draw(orphans, true);
  // What is left hangs in a circle of parents and is reachable from nowhere.
  const circular = spans.filter((span) => !drawn.has(span.spanId)).toSorted(byTime);
  draw(circular, true);

  return { rows, startUs: spans.length === 0 ? 0 : startUs, totalUs: spans.length === 0 ? 0 : Math.max(0, endUs - startUs), missingParents: orphans.length + (circular.length > 0 ? 1 : 0) };
}

/** Of two that start together, the longer is around the shorter. */
const byTime = (a: SpanFacts, b: SpanFacts): number => a.startUs - b.startUs || b.durationUs - a.durationUs || (a.spanId < b.spanId ? -1 : 1);

export type NoteworthyReason = "recipe" | "error" | "escalated" | "person" | "write";

export interface NoteworthySpan {
  spanId: string;
  reason: NoteworthyReason;
}

/**
 * What somebody who opens a run has probably come for: where an unreviewed recipe shows, then errors, then where it was handed over, then
 * where a person said no or was waited for, then where something was changed; each by time. An error whose cause lies in an error below it is left out: the cause is what explains.
 */
export function findNoteworthySpans(
  rows: readonly LaidOut<SpanFacts>[], { escalationTools, differing, writeTools = [] }: { escalationTools: readonly string[]; differing: readonly string[]; writeTools?: readonly string[] },
): NoteworthySpan[] {
  const explained = new Set<string>();
  for (const row of rows) if (row.status === "error" && row.parentSpanId !== null) explained.add(row.parentSpanId);
  const parents = new Map(rows.map((row) => [row.spanId, row.parentSpanId]));
  for (const id of [...explained]) {
    for (let above = parents.get(id) ?? null; above !== null && !explained.has(above); above = parents.get(above) ?? null) explained.add(above);
  }
  const inTime = rows.toSorted((a, b) => a.offsetUs - b.offsetUs);
  const pick = (reason: NoteworthyReason, is: (row: LaidOut<SpanFacts>) => boolean): NoteworthySpan[] => inTime.filter(is).map((row) => ({ spanId: row.spanId, reason }));
  const isHandover = (row: SpanFacts): boolean => row.kind === "tool" && row.toolName !== null && escalationTools.includes(row.toolName) && row.status === "ok";
  return [
    ...pick("recipe", (row) => differing.includes(row.spanId)),
    ...pick("error", (row) => row.status === "error" && !explained.has(row.spanId) && !differing.includes(row.spanId)),
    ...pick("escalated", isHandover),
    ...pick("person", (row) => row.status === "interrupted" || row.status === "rejected"),
    ...pick("write", (row) => row.kind === "tool" && row.toolName !== null && writeTools.includes(row.toolName) && row.status === "ok" && !isHandover(row) && !differing.includes(row.spanId)),
  ];
}
