// What happened inside a run, span by span; what went in and came out only when asked for.

import { pool, prisma } from "../database/database.ts";
import type { SpanKind, SpanStatus } from "../domain/agent-span.ts";
import type { SpanFacts } from "../domain/lay-out-spans.ts";
import { maskSecrets } from "../domain/mask-secrets.ts";

/** Beyond it a run is no longer read by a person; what is left out is said. */
export const MOST_SPANS = 20_000;

const CHARACTERS_SHOWN = 20_000;

export interface SpanRow extends SpanFacts {
  traceId: string;
  model: string | null;
  tokens: number | null;
  costNanoUsd: number | null;
  /** Of the error, or of what a person was asked. */
  message: string | null;
}

interface StoredSpan {
  span_id: string; trace_id: string; parent_span_id: string | null; name: string; kind: SpanKind; status: SpanStatus; started_us: number; duration_us: number;
  tool_name: string | null; model: string | null; input_tokens: number | null; output_tokens: number | null; cost_nano_usd: number | null; message: string | null;
}

/** Named by when it ran, so that only the months in question are read. */
interface RunTimes {
  id: string;
  startedAt: string;
  endedAt: string;
}

/** A clock that drifts may put a span a little outside of its run. */
const MARGIN = "interval '1 hour'";

export async function listSpans(run: RunTimes, limit = MOST_SPANS): Promise<SpanRow[]> {
  const { rows } = await pool().query<StoredSpan>(
    `SELECT span_id, trace_id, parent_span_id, name, kind, status, (extract(epoch FROM started_at) * 1000000)::bigint AS started_us, duration_us, tool_name, model,
       input_tokens, output_tokens, cost_nano_usd,
       CASE WHEN status <> 'ok' THEN left(concat_ws(': ', error_type, nullif(error_message, '')), 600) END AS message
     FROM span WHERE run_id = $1 AND started_at BETWEEN $2::timestamptz - ${MARGIN} AND $3::timestamptz + ${MARGIN} ORDER BY started_at LIMIT $4`,
    [run.id, run.startedAt, run.endedAt, limit],
  );
  return rows.map((row) => ({
    spanId: row.span_id, traceId: row.trace_id, parentSpanId: row.parent_span_id, name: row.name, kind: row.kind, status: row.status,
    startUs: row.started_us, durationUs: row.duration_us, toolName: row.tool_name, model: row.model,
    tokens: row.input_tokens === null && row.output_tokens === null ? null : (row.input_tokens ?? 0) + (row.output_tokens ?? 0),
    costNanoUsd: row.cost_nano_usd, message: row.message || null,
  }));
}

/** A value as a person may see it: secrets masked, the rest cut where it gets long. */
export interface PresentedValue {
  text: string;
  /** Characters of the whole text. */
  length: number;
  isCut: boolean;
  masked: number;
}

export function presentValue(value: unknown, longest = CHARACTERS_SHOWN): PresentedValue | null {
  if (value === null || value === undefined) return null;
  const { value: safe, count } = maskSecrets(parsedIfJson(value));
  const whole = typeof safe === "string" ? safe : JSON.stringify(safe, null, 2);
  return { text: whole.slice(0, longest).toWellFormed(), length: whole.length, isCut: whole.length > longest, masked: count };
}

/** Many libraries send JSON as text; masked by name and read with line breaks it is worth more. */
function parsedIfJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export interface SpanDetail {
  spanId: string;
  dialect: string;
  provider: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  reasoningTokens: number | null;
  toolCallId: string | null;
  input: PresentedValue | null;
  output: PresentedValue | null;
  attributes: PresentedValue | null;
  /** What arrived as log records beside the span, in order. */
  messages: { name: string; at: string; body: PresentedValue | null }[];
}

export async function findSpan(runId: string, spanId: string): Promise<SpanDetail | null> {
  const run = await prisma().run.findUnique({ where: { id: runId }, select: { startedAt: true, endedAt: true } });
  if (!run) return null;
  const margin = 3_600_000;
  const startedAt = { gte: new Date(run.startedAt.getTime() - margin), lte: new Date(run.endedAt.getTime() + margin) };
  const span = await prisma().span.findFirst({ where: { runId, spanId, startedAt } });
  if (!span) return null;
  const messages = await prisma().spanMessage.findMany({ where: { agentId: span.agentId, traceId: span.traceId, spanId }, orderBy: [{ at: "asc" }, { id: "asc" }], take: 100 });
  return {
    spanId, dialect: span.dialect, provider: span.provider, inputTokens: span.inputTokens, outputTokens: span.outputTokens,
    cacheReadTokens: span.cacheReadTokens, reasoningTokens: span.reasoningTokens, toolCallId: span.toolCallId,
    input: presentValue(span.input), output: presentValue(span.output), attributes: presentValue(span.attributes),
    messages: messages.map((message) => ({ name: message.name, at: message.at.toISOString(), body: presentValue(message.body) })),
  };
}

export interface ObservedRow {
  facet: string;
  name: string;
  value: string;
  firstSeenAt: string;
  /** null until it was compared with the declared recipe. */
  matches: boolean | null;
  verdict: string | null;
  findingId: string | null;
  /** The span in which it was first seen in this run, when it was this run. */
  exampleSpanId: string | null;
}

/** What was seen of the recipe under this run's version label, compared with what is declared; what does not match first. */
export async function listObservedRecipe(run: { id: string; agentId: string; versionLabel: string | null; stage: string }): Promise<ObservedRow[]> {
  const rows = await prisma().observedComponent.findMany({
    where: { agentId: run.agentId, versionLabel: run.versionLabel ?? "", inShadow: run.stage === "shadow" },
    orderBy: [{ matches: { sort: "asc", nulls: "last" } }, { facet: "asc" }, { name: "asc" }, { lastSeenAt: "desc" }],
    select: { facet: true, name: true, value: true, firstSeenAt: true, matches: true, verdict: true, findingId: true, exampleRunId: true, exampleSpanId: true },
    take: 200,
  });
  return rows.map(({ exampleRunId, exampleSpanId, firstSeenAt, ...row }) => ({ ...row, firstSeenAt: firstSeenAt.toISOString(), exampleSpanId: exampleRunId === run.id ? exampleSpanId : null }));
}
