// How do spans get into the database? One statement for many; a span that is there already is left as it is.

import type pg from "pg";
import type { AgentSpan } from "../domain/agent-span.ts";
import { jsonText } from "./json-text.ts";

export interface SpanToStore {
  agentId: string;
  runId: string;
  costNanoUsd: number | null;
  /** Spans of its trace are stored already, and the trace is locked. */
  isOldTrace: boolean;
  span: AgentSpan;
}

const LARGEST_INT = 2_147_483_647;
const count = (value: number | undefined): number | null => (value === undefined ? null : Math.min(Math.max(0, Math.round(value)), LARGEST_INT));

const COLUMNS: readonly (readonly [column: string, type: string, value: (row: SpanToStore) => unknown])[] = [
  ["agent_id", "text", (row) => row.agentId],
  ["trace_id", "text", ({ span }) => span.traceId],
  ["span_id", "text", ({ span }) => span.spanId],
  ["start_us", "float8", ({ span }) => span.startUs],
  ["run_id", "text", (row) => row.runId],
  ["parent_span_id", "text", ({ span }) => span.parentSpanId],
  ["name", "text", ({ span }) => span.name],
  ["kind", "text", ({ span }) => span.kind],
  ["dialect", "text", ({ span }) => span.dialect],
  ["duration_us", "bigint", ({ span }) => Math.max(0, span.endUs - span.startUs)],
  ["status", "text", ({ span }) => span.status],
  ["error_type", "text", ({ span }) => span.errorType],
  ["error_message", "text", ({ span }) => span.errorMessage],
  ["provider", "text", ({ span }) => span.provider],
  ["model", "text", ({ span }) => span.model],
  ["input_tokens", "int", ({ span }) => count(span.tokens?.input)],
  ["output_tokens", "int", ({ span }) => count(span.tokens?.output)],
  ["cache_read_tokens", "int", ({ span }) => count(span.tokens?.cacheRead)],
  ["reasoning_tokens", "int", ({ span }) => count(span.tokens?.reasoning)],
  ["cost_nano_usd", "bigint", (row) => row.costNanoUsd],
  ["tool_name", "text", ({ span }) => span.toolName],
  ["tool_call_id", "text", ({ span }) => span.toolCallId],
  ["input", "jsonb", ({ span }) => jsonText(span.input)],
  ["output", "jsonb", ({ span }) => jsonText(span.output)],
  ["attributes", "jsonb", ({ span }) => jsonText(span.attributes) ?? "{}"],
];

const GIVEN = COLUMNS.map(([column]) => column).join(", ");
const AFTER = COLUMNS.length + 1;
// Of a trace that was seen before, a span is the same also with another start within a day; the bounds are there to look into few partitions.
const TEXT = `INSERT INTO span (${GIVEN.replace("start_us", "started_at")})
  SELECT ${GIVEN.replace("start_us", "to_timestamp(start_us / 1000000)")}
  FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")}, $${AFTER}::boolean[]) AS given(${GIVEN}, is_old)
  WHERE NOT (is_old AND EXISTS (SELECT 1 FROM span s WHERE s.agent_id = given.agent_id AND s.trace_id = given.trace_id AND s.span_id = given.span_id
    AND s.started_at BETWEEN $${AFTER + 1}::timestamptz AND $${AFTER + 2}::timestamptz))
  ON CONFLICT DO NOTHING RETURNING agent_id, trace_id, span_id`;

/** Keeps one statement far below the limits on message size and time. */
const MOST_PER_STATEMENT = 5_000;

/** The start is not part of it: a sender that repeats a span with a corrected clock means the same span. */
export const spanKey = (agentId: string, { traceId, spanId }: Pick<AgentSpan, "traceId" | "spanId">): string => `${agentId} ${traceId} ${spanId}`;

/** Each span once; of a repetition within one request the first counts. */
export function distinctSpans(rows: readonly SpanToStore[]): Map<string, SpanToStore> {
  const distinct = new Map<string, SpanToStore>();
  for (const row of rows) {
    const key = spanKey(row.agentId, row.span);
    if (!distinct.has(key)) distinct.set(key, row);
  }
  return distinct;
}

const DAY_US = 86_400_000_000;

/** The day before the first start and the day after the last. */
function bounds(rows: readonly SpanToStore[]): [Date, Date] {
  let [first, last] = [Infinity, -Infinity];
  for (const { span } of rows) {
    first = Math.min(first, span.startUs);
    last = Math.max(last, span.startUs);
  }
  return [new Date(Math.floor((first - DAY_US) / 1_000)), new Date(Math.ceil((last + DAY_US) / 1_000))];
}

/** Returns the keys of those that were not there before. */
export async function storeSpans(client: pg.PoolClient, rows: readonly SpanToStore[]): Promise<Set<string>> {
  const stored = new Set<string>();
  for (let at = 0; at < rows.length; at += MOST_PER_STATEMENT) {
    const part = rows.slice(at, at + MOST_PER_STATEMENT);
    const answer = await client.query<[string, string, string]>({
      name: "store-spans", text: TEXT, rowMode: "array", values: [...COLUMNS.map(([, , value]) => part.map(value)), part.map((row) => row.isOldTrace), ...bounds(part)],
    });
    for (const [agentId, traceId, spanId] of answer.rows) stored.add(spanKey(agentId, { traceId, spanId }));
  }
  return stored;
}
