// How do spans get into the database? One statement for many; a span that is there already is left as it is.

import type pg from "pg";
import type { AgentSpan } from "../domain/agent-span.ts";
import { jsonText } from "./json-text.ts";

export interface SpanToStore {
  agentId: string;
  runId: string;
  costNanoUsd: number | null;
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
const TEXT = `INSERT INTO span (${GIVEN.replace("start_us", "started_at")})
  SELECT ${GIVEN.replace("start_us", "to_timestamp(start_us / 1000000)")}
  FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")}) AS given(${GIVEN})
  ON CONFLICT DO NOTHING RETURNING agent_id, trace_id, span_id, (extract(epoch FROM started_at) * 1000000)::bigint AS start_us`;

/** Keeps one statement far below the limits on message size and time. */
const MOST_PER_STATEMENT = 5_000;

export const spanKey = (agentId: string, { traceId, spanId, startUs }: Pick<AgentSpan, "traceId" | "spanId" | "startUs">): string =>
  `${agentId} ${traceId} ${spanId} ${startUs}`;

/** Returns the keys of those that were not there before. */
export async function storeSpans(client: pg.PoolClient, rows: readonly SpanToStore[]): Promise<Set<string>> {
  const stored = new Set<string>();
  for (let at = 0; at < rows.length; at += MOST_PER_STATEMENT) {
    const part = rows.slice(at, at + MOST_PER_STATEMENT);
    const answer = await client.query<[string, string, string, number]>({
      name: "store-spans", text: TEXT, rowMode: "array", values: COLUMNS.map(([, , value]) => part.map(value)),
    });
    for (const [agentId, traceId, spanId, startUs] of answer.rows) stored.add(spanKey(agentId, { traceId, spanId, startUs }));
  }
  return stored;
}
