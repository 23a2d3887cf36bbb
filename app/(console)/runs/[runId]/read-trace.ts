// What does a run consist of, and what of it explains it? For the page, and for whoever asks for the rest of a long one.

import type { Trace, TraceRow } from "@/components/runs/trace-row.ts";
import { findNoteworthySpans, layOutSpans, type LaidOut } from "@/lib/domain/lay-out-spans.ts";
import type { RunDetail } from "@/lib/queries/runs.ts";
import { listObservedRecipe, listSpans, type SpanRow } from "@/lib/queries/spans.ts";
import { listTools } from "@/lib/queries/versions.ts";

/** More places than anybody walks through one by one. */
const MOST_NOTEWORTHY = 500;

export async function readTrace(run: RunDetail): Promise<{ trace: Trace; seen: Awaited<ReturnType<typeof listObservedRecipe>> }> {
  const [spans, seen, tools] = await Promise.all([listSpans(run), listObservedRecipe(run), run.versionId === null ? [] : listTools(run.versionId)]);
  const { rows, startUs, totalUs, missingParents } = layOutSpans(spans);
  const noteworthy = findNoteworthySpans(rows, {
    escalationTools: run.escalationTools, writeTools: tools.filter((tool) => tool.effect !== "read").map((tool) => tool.name), differing: seen.flatMap((one) => (one.matches === false && one.exampleSpanId !== null ? [one.exampleSpanId] : [])),
  }).slice(0, MOST_NOTEWORTHY);
  return { trace: { runId: run.id, rows: rows.map(toTraceRow), startUs, totalUs, missingParents, leftOut: Math.max(0, run.spanCount - rows.length), noteworthy }, seen };
}

/** Field by field: what is sent to the browser is what the waterfall draws, and nothing else. */
function toTraceRow(row: LaidOut<SpanRow>): TraceRow {
  return {
    spanId: row.spanId, name: row.name, kind: row.kind, status: row.status, depth: row.depth, offsetUs: row.offsetUs, durationUs: row.durationUs, isParentMissing: row.isParentMissing,
    toolName: row.toolName, model: row.model, tokens: row.tokens, costNanoUsd: row.costNanoUsd, message: row.message,
  };
}
