// How is a run kept in its row, and read back as facts that more spans can be added to?

import type pg from "pg";
import type { RecordReference } from "../domain/agent-span.ts";
import type { RunDelta } from "../domain/fold-run.ts";
import { OUTCOMES, OUTCOME_SOURCES } from "../domain/outcome.ts";
import { arrayParameter } from "./array-parameter.ts";
import type { BinaryType, BinaryValue } from "./binary-writer.ts";
import { jsonText } from "./json-text.ts";

/** A run with what its spans do not say themselves. */
export interface StoredRun {
  id: string;
  agentId: string;
  conversationId: string;
  isKeyedByTrace: boolean;
  versionId: string | null;
  stage: string;
  isUnreviewed: boolean;
  facts: RunDelta;
}

export interface RunRow {
  id: string;
  agent_id: string;
  conversation_id: string;
  is_keyed_by_trace: boolean;
  version_id: string | null;
  version_label: string | null;
  stage: string;
  name: string | null;
  started_us: number;
  ended_us: number;
  outcome: string | null;
  outcome_source: string | null;
  outcome_us: number | null;
  is_escalated: boolean;
  is_intervened: boolean;
  is_unreviewed: boolean;
  span_count: number;
  tool_calls: number;
  consequential_calls: number;
  action_errors: number;
  inference_calls: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cost_nano_usd: number;
  unknown_cost_calls: number;
  error_sentence: string | null;
  records: RecordReference[];
  segments: Record<string, string>;
  tool_names: string[];
}

const microseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

export const RUN_COLUMNS = `id, agent_id, conversation_id, is_keyed_by_trace, version_id, version_label, stage, name, outcome, outcome_source, is_escalated, is_intervened,
  is_unreviewed, span_count, tool_calls, consequential_calls, action_errors, inference_calls, input_tokens, output_tokens, cache_read_tokens, cost_nano_usd,
  unknown_cost_calls, error_sentence, records, segments, tool_names, ${microseconds("started_at")} AS started_us, ${microseconds("ended_at")} AS ended_us,
  ${microseconds("outcome_at")} AS outcome_us`;

/**
 * `errorEndedUs`: when the error behind the run's sentence ended, if that is known. The other firsts were taken from spans that began no
 * earlier than the run, so only a span that begins before it can replace them: exact as long as a parent begins before its children.
 */
export function storedRun(row: RunRow, errorEndedUs: number | null = null): StoredRun {
  const taken = (value: unknown): number | null => (value === null ? null : row.started_us);
  return {
    id: row.id, agentId: row.agent_id, conversationId: row.conversation_id, isKeyedByTrace: row.is_keyed_by_trace, versionId: row.version_id, stage: row.stage,
    isUnreviewed: row.is_unreviewed,
    facts: {
      startUs: row.started_us, endUs: row.ended_us, spanCount: row.span_count, toolCalls: row.tool_calls, consequentialCalls: row.consequential_calls,
      actionErrors: row.action_errors, inferenceCalls: row.inference_calls, inputTokens: row.input_tokens, outputTokens: row.output_tokens,
      cacheReadTokens: row.cache_read_tokens, costNanoUsd: row.cost_nano_usd, unknownCostSpans: row.unknown_cost_calls, escalated: row.is_escalated,
      humanIntervened: row.is_intervened, outcome: OUTCOMES.find((outcome) => outcome === row.outcome) ?? null,
      outcomeSource: OUTCOME_SOURCES.find((source) => source === row.outcome_source) ?? null, outcomeAtUs: row.outcome_us,
      rootSeen: row.name !== null, rootName: row.name, errorSentence: row.error_sentence, records: row.records, segments: row.segments,
      toolNames: row.tool_names, versionLabel: row.version_label, fingerprint: null, stage: null,
      takenAtUs: {
        rootName: taken(row.name), versionLabel: taken(row.version_label), fingerprint: null, stage: null,
        errorSentence: row.error_sentence === null ? null : (errorEndedUs ?? row.started_us),
      },
    },
  };
}

/** Column, type of its parameter, how SQL turns it into the column's value, and what it is taken from. */
const WRITTEN: readonly (readonly [column: string, parameter: BinaryType, toColumn: string, value: (run: StoredRun) => BinaryValue])[] = [
  ["id", "text", "id", (run) => run.id],
  ["agent_id", "text", "agent_id", (run) => run.agentId],
  ["conversation_id", "text", "conversation_id", (run) => run.conversationId],
  ["is_keyed_by_trace", "boolean", "is_keyed_by_trace", (run) => run.isKeyedByTrace],
  ["version_id", "text", "version_id", (run) => run.versionId],
  ["version_label", "text", "version_label", ({ facts }) => facts.versionLabel],
  ["stage", "text", "stage", (run) => run.stage],
  ["name", "text", "name", ({ facts }) => facts.rootName],
  ["started_at", "timestamptz", "started_at", ({ facts }) => facts.startUs],
  ["ended_at", "timestamptz", "ended_at", ({ facts }) => facts.endUs],
  ["outcome", "text", "outcome", ({ facts }) => facts.outcome],
  ["outcome_source", "text", "outcome_source", ({ facts }) => facts.outcomeSource],
  ["outcome_at", "timestamptz", "outcome_at", ({ facts }) => facts.outcomeAtUs],
  ["is_escalated", "boolean", "is_escalated", ({ facts }) => facts.escalated],
  ["is_intervened", "boolean", "is_intervened", ({ facts }) => facts.humanIntervened],
  ["is_unreviewed", "boolean", "is_unreviewed", (run) => run.isUnreviewed],
  ["span_count", "int", "span_count", ({ facts }) => facts.spanCount],
  ["tool_calls", "int", "tool_calls", ({ facts }) => facts.toolCalls],
  ["consequential_calls", "int", "consequential_calls", ({ facts }) => facts.consequentialCalls],
  ["action_errors", "int", "action_errors", ({ facts }) => facts.actionErrors],
  ["inference_calls", "int", "inference_calls", ({ facts }) => facts.inferenceCalls],
  ["input_tokens", "bigint", "input_tokens", ({ facts }) => facts.inputTokens],
  ["output_tokens", "bigint", "output_tokens", ({ facts }) => facts.outputTokens],
  ["cache_read_tokens", "bigint", "cache_read_tokens", ({ facts }) => facts.cacheReadTokens],
  ["cost_nano_usd", "bigint", "cost_nano_usd", ({ facts }) => facts.costNanoUsd],
  ["unknown_cost_calls", "int", "unknown_cost_calls", ({ facts }) => facts.unknownCostSpans],
  ["error_sentence", "text", "error_sentence", ({ facts }) => facts.errorSentence],
  ["records", "jsonb", "records", ({ facts }) => jsonText(facts.records)],
  ["segments", "jsonb", "segments", ({ facts }) => jsonText(facts.segments)],
  ["tool_names", "jsonb", "ARRAY(SELECT jsonb_array_elements_text(tool_names))", ({ facts }) => jsonText(facts.toolNames)],
];

const NAMES = WRITTEN.map(([column]) => column).join(", ");
const RECORDSET = `unnest(${WRITTEN.map(([, type], index) => `$${index + 2}::${type}[]`).join(", ")}) AS given(${NAMES})`;
const CONVERTED = WRITTEN.map(([column, , toColumn]) => (column === toColumn ? `given.${column}` : `${toColumn} AS ${column}`)).join(", ");

const parameters = (runs: readonly StoredRun[], now: Date): unknown[] => [now, ...WRITTEN.map(([, parameter, , value]) => arrayParameter(parameter, runs, value))];

/** Returns the ids of those that were inserted; a run whose agent and conversation exist already is left out. */
export async function insertRuns(client: pg.PoolClient, runs: readonly StoredRun[], now: Date): Promise<Set<string>> {
  if (runs.length === 0) return new Set();
  const { rows } = await client.query<{ id: string }>({
    name: "insert-runs",
    // In one order everywhere, so that two requests that create the same runs wait for each other instead of locking each other out.
    text: `INSERT INTO run (${NAMES}, received_at, updated_at) SELECT ${CONVERTED}, $1::timestamptz, $1::timestamptz FROM ${RECORDSET}
      ORDER BY given.agent_id, given.conversation_id ON CONFLICT (agent_id, conversation_id) DO NOTHING RETURNING id`,
    values: parameters(runs, now),
  });
  return new Set(rows.map((row) => row.id));
}

/** The caller holds the row locks. */
export async function updateRuns(client: pg.PoolClient, runs: readonly StoredRun[], now: Date): Promise<void> {
  if (runs.length === 0) return;
  const assignments = WRITTEN.filter(([column]) => column !== "id").map(([column]) => `${column} = changed.${column}`);
  await client.query({
    name: "update-runs",
    text: `UPDATE run SET ${assignments.join(", ")}, updated_at = $1::timestamptz FROM (SELECT ${CONVERTED} FROM ${RECORDSET}) AS changed WHERE run.id = changed.id`,
    values: parameters(runs, now),
  });
}

export async function lockRuns(client: pg.PoolClient, ids: readonly string[]): Promise<RunRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<RunRow>({ name: "lock-runs", text: `SELECT ${RUN_COLUMNS} FROM run WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`, values: [ids] });
  return rows;
}
