// How do spans get into the database? Many at once; a span that is there already is left as it is.

import { setImmediate as pause } from "node:timers/promises";
import type pg from "pg";
import type { AgentSpan } from "../domain/agent-span.ts";
import { newId } from "../new-id.ts";
import { arrayParameter } from "./array-parameter.ts";
import { copyRows, copyStatement, encodeRows, type CopiedColumn, type CopiedRows } from "./copy-rows.ts";
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

/** In the form in which it is sent, with room for the run of each. */
export interface EncodedSpans {
  rows: readonly PlacedSpan[];
  parts: readonly CopiedRows[];
}

const LARGEST_INT = 2_147_483_647;
const count = (value: number | undefined): number | null => (value === undefined ? null : Math.min(Math.max(0, Math.round(value)), LARGEST_INT));

const COLUMNS: readonly CopiedColumn<PlacedSpan>[] = [
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

/** Last, since it is certain last. */
const withRun = (runIdOf: (index: number) => string): readonly CopiedColumn<PlacedSpan>[] => [...COLUMNS, ["run_id", "text", (_, index) => runIdOf(index)]];

/** As long as every id that a run is given. */
const ANY_RUN_ID = newId("ru");
const LENGTH_BYTES = 4;

const COPY = copyStatement("span", withRun(() => ANY_RUN_ID));

// A span is the same also with another start within a day; the bounds are there to look into few partitions.
const FIND = `SELECT given.place FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given(agent_id, trace_id, span_id, place),
  LATERAL (SELECT FROM span s WHERE s.agent_id = given.agent_id AND s.trace_id = given.trace_id AND s.span_id = given.span_id
    AND s.started_at BETWEEN $4::timestamptz AND $5::timestamptz LIMIT 1) AS known`;

/** Keeps one question far below the limits on message size and time. */
const MOST_PER_QUESTION = 5_000;

/** Encoding so many takes about a millisecond. */
const ROWS_PER_PART = 100;

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

/** Most of the work of storing, done while others use the database. Pauses, so that they come to their next statement. `runIds`: one for each row, if known. */
export async function encodeSpans(rows: readonly PlacedSpan[], runIds: readonly string[] = []): Promise<EncodedSpans> {
  const parts: CopiedRows[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_PART) {
    if (at > 0) await pause();
    parts.push(encodeRows(rows.slice(at, at + ROWS_PER_PART), withRun((index) => runIds[at + index] ?? ANY_RUN_ID)));
  }
  return { rows, parts };
}

/** False when one of them does not fit. */
function writeRunIds(parts: readonly CopiedRows[], runIds: readonly string[]): boolean {
  if (runIds.some((runId) => Buffer.byteLength(runId) !== ANY_RUN_ID.length)) return false;
  let row = 0;
  for (const { bytes, lastColumnAt } of parts) for (const at of lastColumnAt) bytes.write(runIds[row++] ?? "", at + LENGTH_BYTES);
  return true;
}

/**
 * The caller gives each span once and holds the lock of every trace, old or new, which keeps others from storing the same spans meanwhile:
 * so what is not found is not there. `destinations`: one for each row. Returns those that were not there before.
 */
export async function storeSpans(client: pg.PoolClient, encoded: EncodedSpans, destinations: readonly Destination[]): Promise<Set<AgentSpan>> {
  const known = await findKnown(client, encoded.rows.filter((_, index) => destinations[index]?.isOldTrace));
  const isFresh = (index: number): boolean => known.size === 0 || !known.has(encoded.rows[index]?.span as AgentSpan);
  const runIds = destinations.filter((_, index) => isFresh(index)).map(({ runId }) => runId);
  const isReady = known.size === 0 && writeRunIds(encoded.parts, runIds);
  const { rows, parts } = isReady ? encoded : await encodeSpans(encoded.rows.filter((_, index) => isFresh(index)), runIds);
  if (rows.length > 0) await copyRows(client, COPY, parts);
  return new Set(rows.map(({ span }) => span));
}

async function findKnown(client: pg.PoolClient, rows: readonly PlacedSpan[]): Promise<Set<AgentSpan>> {
  const known = new Set<AgentSpan>();
  for (let at = 0; at < rows.length; at += MOST_PER_QUESTION) {
    const part = rows.slice(at, at + MOST_PER_QUESTION);
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
