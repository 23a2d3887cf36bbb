// How do spans get into the database? One statement for many; a span that is there already is left as it is.

import { setImmediate as pause } from "node:timers/promises";
import type pg from "pg";
import type { AgentSpan } from "../domain/agent-span.ts";
import { arrayParameter, type ArrayElement, type ArrayValue } from "./array-parameter.ts";
import { jsonText } from "./json-text.ts";

export interface PlacedSpan {
  agentId: string;
  costNanoUsd: number | null;
  span: AgentSpan;
}

/** Where the spans of a trace go, which is certain only inside the transaction. */
export interface Destination {
  runId: string;
  /** Spans of the trace may be stored already. */
  isOldTrace: boolean;
}

/** All but the run of each span, in the form in which it is sent. */
export interface EncodedSpans {
  rows: readonly PlacedSpan[];
  parts: readonly (readonly Buffer[])[];
}

const LARGEST_INT = 2_147_483_647;
const count = (value: number | undefined): number | null => (value === undefined ? null : Math.min(Math.max(0, Math.round(value)), LARGEST_INT));

const COLUMNS: readonly (readonly [column: string, element: ArrayElement, value: (row: PlacedSpan) => ArrayValue])[] = [
  ["agent_id", "text", (row) => row.agentId],
  ["trace_id", "text", ({ span }) => span.traceId],
  ["span_id", "text", ({ span }) => span.spanId],
  ["started_at", "timestamptz", ({ span }) => span.startUs],
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

const INSERT = `INSERT INTO span (${COLUMNS.map(([column]) => column).join(", ")}, run_id)
  SELECT * FROM unnest(${COLUMNS.map(([, element], index) => `$${index + 1}::${element}[]`).join(", ")}, $${COLUMNS.length + 1}::text[])`;

// A span is the same also with another start within a day; the bounds are there to look into few partitions.
const FIND = `SELECT given.place FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given(agent_id, trace_id, span_id, place),
  LATERAL (SELECT FROM span s WHERE s.agent_id = given.agent_id AND s.trace_id = given.trace_id AND s.span_id = given.span_id
    AND s.started_at BETWEEN $4::timestamptz AND $5::timestamptz LIMIT 1) AS known`;

/** Keeps one statement far below the limits on message size and time. */
const MOST_PER_STATEMENT = 5_000;

const DAY_US = 86_400_000_000;

/** The day before the first start and the day after the last. */
function bounds(rows: readonly PlacedSpan[]): [Date, Date] {
  let [first, last] = [Infinity, -Infinity];
  for (const { span } of rows) {
    first = Math.min(first, span.startUs);
    last = Math.max(last, span.startUs);
  }
  return [new Date(Math.floor((first - DAY_US) / 1_000)), new Date(Math.ceil((last + DAY_US) / 1_000))];
}

/** Most of the work of storing, done while others use the database. Pauses, so that they come to their next statement. */
export async function encodeSpans(rows: readonly PlacedSpan[]): Promise<EncodedSpans> {
  const parts: Buffer[][] = [];
  for (let at = 0; at < rows.length; at += MOST_PER_STATEMENT) {
    const part = rows.slice(at, at + MOST_PER_STATEMENT);
    const columns: Buffer[] = [];
    for (const [, element, value] of COLUMNS) {
      if (element === "jsonb") await pause();
      columns.push(arrayParameter(element, part, value));
    }
    parts.push(columns);
  }
  return { rows, parts };
}

/**
 * The caller gives each span once and holds the lock of every trace, old or new, which keeps others from storing the same spans meanwhile:
 * so what is not found is not there. `destinations`: one for each row. Returns those that were not there before.
 */
export async function storeSpans(client: pg.PoolClient, encoded: EncodedSpans, destinations: readonly Destination[]): Promise<Set<AgentSpan>> {
  const known = await findKnown(client, encoded.rows.filter((_, index) => destinations[index]?.isOldTrace));
  const isFresh = (index: number): boolean => known.size === 0 || !known.has(encoded.rows[index]?.span as AgentSpan);
  const { rows, parts } = known.size === 0 ? encoded : await encodeSpans(encoded.rows.filter((_, index) => isFresh(index)));
  const runIds = destinations.filter((_, index) => isFresh(index)).map(({ runId }) => runId);
  for (const [index, columns] of parts.entries()) {
    const at = index * MOST_PER_STATEMENT;
    const values = [...columns, arrayParameter("text", runIds.slice(at, at + MOST_PER_STATEMENT), (runId) => runId)];
    await client.query({ name: "store-spans", text: INSERT, values });
  }
  return new Set(rows.map(({ span }) => span));
}

async function findKnown(client: pg.PoolClient, rows: readonly PlacedSpan[]): Promise<Set<AgentSpan>> {
  const known = new Set<AgentSpan>();
  for (let at = 0; at < rows.length; at += MOST_PER_STATEMENT) {
    const part = rows.slice(at, at + MOST_PER_STATEMENT);
    const answer = await client.query<[number]>({
      name: "find-spans", rowMode: "array", text: FIND,
      values: [
        arrayParameter("text", part, (row) => row.agentId), arrayParameter("text", part, ({ span }) => span.traceId),
        arrayParameter("text", part, ({ span }) => span.spanId), ...bounds(part),
      ],
    });
    for (const [place] of answer.rows) {
      const row = part[place - 1];
      if (row) known.add(row.span);
    }
  }
  return known;
}
