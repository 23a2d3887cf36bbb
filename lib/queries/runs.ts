// Which runs were there, newest first, and what is known of one?

import { pool, prisma } from "../database/database.ts";
import type { RecordReference } from "../domain/agent-span.ts";
import { runCost } from "../domain/fold-run.ts";
import type { Outcome, OutcomeSource } from "../domain/outcome.ts";
import { RUN_PERIODS, type RunCursor, type RunFilter } from "../domain/run-filter.ts";

export const RUNS_PER_PAGE = 50;

export interface RunRow {
  id: string;
  agentId: string;
  versionNumber: number | null;
  versionLabel: string | null;
  stage: string;
  name: string | null;
  startedAt: string;
  durationMs: number;
  outcome: Outcome | null;
  isEscalated: boolean;
  isIntervened: boolean;
  isUnreviewed: boolean;
  errorSentence: string | null;
  toolCalls: number;
  tokens: number;
  /** null: unknown, which is not 0. */
  costNanoUsd: number | null;
  records: RecordReference[];
}

export interface RunPage {
  rows: RunRow[];
  /** The newest run of this page. */
  first: RunCursor | null;
  /** Where the list goes on to older and to newer runs; null where it ends. */
  older: RunCursor | null;
  newer: RunCursor | null;
}

interface StoredRow {
  id: string; agent_id: string; number: number | null; version_label: string | null; stage: string; name: string | null; started_us: number; ended_us: number;
  outcome: Outcome | null; is_escalated: boolean; is_intervened: boolean; is_unreviewed: boolean; error_sentence: string | null; tool_calls: number; inference_calls: number;
  input_tokens: number; output_tokens: number; cost_nano_usd: number; unknown_cost_calls: number; records: RecordReference[];
}

/** The words of `text` as prefixes that must all occur; null when it holds none. */
const wordQuery = (text: string): string | null => {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? null : words.map((word) => `${word}:*`).join(" & ");
};

/** `order:5498` asks for a record by type and id, `5498` by its id under any type. */
function recordPatterns(record: string): object[][] {
  const colon = record.indexOf(":");
  const byId = [{ id: record }];
  return colon > 0 ? [[{ type: record.slice(0, colon), id: record.slice(colon + 1) }], byId] : [byId];
}

/** Whole microseconds as PostgreSQL reads them, without the rounding of a Date. */
const atMicroseconds = (us: number): string => `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 23)}${String(us % 1_000).padStart(3, "0")}Z`;

interface RunConditions {
  /** By columns that an index gives in the order of time. */
  ordered: string[];
  /** By what a run holds, which an inverted index finds, but in no order. */
  inverted: string[];
  values: unknown[];
}

/** SQL conditions over `run`, and their values in order. */
function runConditions(filter: RunFilter, now: Date): RunConditions {
  const ordered: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, condition: (place: string) => string): void => {
    values.push(value);
    ordered.push(condition(`$${values.length}`));
  };
  if (filter.agent !== null) add(filter.agent, (agent) => `agent_id = ${agent}`);
  if (filter.version !== null) {
    const ofAgent = filter.agent === null ? "" : " AND v.agent_id = $1";
    add(filter.version, (number) => `version_id IN (SELECT v.id FROM agent_version v WHERE v.number = ${number}${ofAgent})`);
  }
  if (filter.outcome === "unknown") ordered.push("outcome IS NULL");
  else if (filter.outcome !== null) add(filter.outcome, (outcome) => `outcome = ${outcome}`);
  if (filter.escalated) ordered.push("is_escalated");
  if (filter.intervened) ordered.push("is_intervened");
  if (filter.unreviewed) ordered.push("is_unreviewed");
  if (filter.errors || filter.error !== null) ordered.push("error_sentence IS NOT NULL");
  if (filter.since !== null) add(new Date(now.getTime() - RUN_PERIODS[filter.since]), (from) => `started_at >= ${from}`);
  if (filter.from !== null) add(filter.from, (from) => `started_at >= ${from}::timestamptz`);
  if (filter.to !== null) add(filter.to, (to) => `started_at < ${to}::timestamptz`);
  return { ordered, inverted: invertedConditions(filter, values), values };
}

function invertedConditions({ tool, record, error }: RunFilter, values: unknown[]): string[] {
  const place = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (tool !== null) conditions.push(`tool_names @> ${place([tool])}`);
  if (record !== null) conditions.push(`(${recordPatterns(record).map((pattern) => `records @> ${place(JSON.stringify(pattern))}::jsonb`).join(" OR ")})`);
  if (error !== null) {
    const words = wordQuery(error);
    conditions.push(words === null ? "false" : `to_tsvector('simple', regexp_replace(error_sentence, '[^[:alnum:]]+', ' ', 'g')) @@ to_tsquery('simple', ${place(words)})`);
  }
  return conditions;
}

const whereOf = (conditions: readonly string[]): string => (conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`);

const microseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

const RUN_ROW = `id, agent_id, version_id, version_label, stage, name, ${microseconds("started_at")} AS started_us, ${microseconds("ended_at")} AS ended_us, outcome, is_escalated,
  is_intervened, is_unreviewed, error_sentence, tool_calls, inference_calls, input_tokens, output_tokens, cost_nano_usd, unknown_cost_calls, records`;

/** So many runs are looked through in the order of time before an inverted index is asked. */
const LOOKED_THROUGH = 2_000;

/**
 * What is common is found soonest by walking through the newest runs, what is rare by an inverted index. The planner cannot tell them
 * apart, so the first is tried for a while and the second taken when that did not fill the page.
 */
async function findRows({ ordered, inverted, values }: RunConditions, direction: "ASC" | "DESC", limit: number): Promise<StoredRow[]> {
  const order = `ORDER BY started_at ${direction}, id ${direction}`;
  const withVersion = (source: string): string =>
    `SELECT r.*, v.number FROM (${source} LIMIT ${limit}) r LEFT JOIN agent_version v ON v.id = r.version_id ORDER BY r.started_us ${direction}, r.id ${direction}`;
  if (inverted.length === 0) return (await pool().query<StoredRow>(withVersion(`SELECT ${RUN_ROW} FROM run ${whereOf(ordered)} ${order}`), values)).rows;
  const nearest = `SELECT * FROM run ${whereOf(ordered)} ${order} LIMIT ${LOOKED_THROUGH}`;
  const { rows } = await pool().query<StoredRow>(withVersion(`SELECT ${RUN_ROW} FROM (${nearest}) nearest ${whereOf(inverted)} ${order}`), values);
  return rows.length === limit ? rows : queryInverted(withVersion(`SELECT ${RUN_ROW} FROM run ${whereOf([...ordered, ...inverted])} ${order}`), values);
}

/** Without plain index scans the planner cannot walk the whole table in search of the last match. */
async function queryInverted(sql: string, values: readonly unknown[]): Promise<StoredRow[]> {
  const client = await pool().connect();
  let failure: Error | undefined;
  try {
    await client.query("BEGIN READ ONLY; SET LOCAL enable_indexscan = off");
    const { rows } = await client.query<StoredRow>(sql, [...values]);
    await client.query("COMMIT");
    return rows;
  } catch (error) {
    // The connection may be in the middle of a transaction; it is not given back.
    failure = error instanceof Error ? error : new Error("a query failed");
    throw error;
  } finally {
    client.release(failure);
  }
}

/** `older` continues a list downwards, `newer` upwards; without either it starts at the newest run. */
export async function listRuns(filter: RunFilter, position: { older?: RunCursor | null; newer?: RunCursor | null }, now: Date, limit = RUNS_PER_PAGE): Promise<RunPage> {
  const conditions = runConditions(filter, now);
  const isUpwards = Boolean(position.newer);
  const cursor = position.newer ?? position.older;
  if (cursor) addCursor(conditions, cursor, isUpwards ? ">" : "<");
  // One row more than shown tells whether the list goes on.
  const rows = await findRows(conditions, isUpwards ? "ASC" : "DESC", limit + 1);
  const isMore = rows.length > limit;
  const shown = isUpwards ? rows.slice(0, limit).toReversed() : rows.slice(0, limit);
  const first = shown[0];
  const last = shown.at(-1);
  return {
    rows: shown.map(toRow),
    first: first ? { startedUs: first.started_us, id: first.id } : null,
    older: last && (isUpwards || isMore) ? { startedUs: last.started_us, id: last.id } : null,
    newer: first && (isUpwards ? isMore : Boolean(position.older)) ? { startedUs: first.started_us, id: first.id } : null,
  };
}

function addCursor({ ordered, values }: RunConditions, cursor: RunCursor, comparison: "<" | ">"): void {
  values.push(atMicroseconds(cursor.startedUs), cursor.id);
  ordered.push(`(started_at, id) ${comparison} ($${values.length - 1}::timestamptz, $${values.length})`);
}

function toRow(row: StoredRow): RunRow {
  return {
    id: row.id, agentId: row.agent_id, versionNumber: row.number, versionLabel: row.version_label, stage: row.stage, name: row.name,
    startedAt: new Date(row.started_us / 1_000).toISOString(), durationMs: (row.ended_us - row.started_us) / 1_000,
    outcome: row.outcome, isEscalated: row.is_escalated, isIntervened: row.is_intervened, isUnreviewed: row.is_unreviewed,
    errorSentence: row.error_sentence, toolCalls: row.tool_calls, tokens: row.input_tokens + row.output_tokens, costNanoUsd: costOf(row), records: row.records,
  };
}

const costOf = (row: Pick<StoredRow, "cost_nano_usd" | "unknown_cost_calls" | "inference_calls">): number | null =>
  runCost({ costNanoUsd: row.cost_nano_usd, unknownCostSpans: row.unknown_cost_calls, inferenceCalls: row.inference_calls });

/** Newer runs than the first one shown, up to a hundred; for "3 new" above a list that stays where it is. */
export async function countNewerRuns(filter: RunFilter, first: RunCursor, now: Date): Promise<number> {
  const conditions = runConditions(filter, now);
  addCursor(conditions, first, ">");
  const { ordered, inverted, values } = conditions;
  const { rows } = await pool().query<{ count: number }>(`SELECT count(*) AS count FROM (SELECT 1 FROM run ${whereOf([...ordered, ...inverted])} LIMIT 100) newer`, values);
  return rows[0]?.count ?? 0;
}

export async function hasAnyRun(): Promise<boolean> {
  return (await prisma().run.findFirst({ select: { id: true } })) !== null;
}

export interface RunDetail extends RunRow {
  versionId: string | null;
  endedAt: string;
  conversationId: string;
  isKeyedByTrace: boolean;
  outcomeSource: OutcomeSource | null;
  outcomeAt: string | null;
  spanCount: number;
  consequentialCalls: number;
  actionErrors: number;
  inferenceCalls: number;
  unknownCostCalls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  segments: Record<string, string>;
  /** Tools whose call hands the task to a person, by the agent's card. */
  escalationTools: string[];
  traceIds: string[];
}

/** `null`: there is no such run. */
export async function getRunPulse(runId: string): Promise<{ spans: number; outcome: string | null } | null> {
  const run = await prisma().run.findUnique({ where: { id: runId }, select: { spanCount: true, outcome: true } });
  return run && { spans: run.spanCount, outcome: run.outcome };
}

export async function findRun(runId: string): Promise<RunDetail | null> {
  const run = await prisma().run.findUnique({ where: { id: runId } });
  if (!run) return null;
  const [version, agent, traces] = await Promise.all([
    run.versionId ? prisma().agentVersion.findUnique({ where: { id: run.versionId }, select: { number: true } }) : null,
    prisma().agent.findUnique({ where: { id: run.agentId }, select: { card: true } }),
    prisma().trace.findMany({ where: { runId }, select: { traceId: true }, take: 50 }),
  ]);
  return {
    id: run.id, agentId: run.agentId, versionId: run.versionId, versionNumber: version?.number ?? null, versionLabel: run.versionLabel, stage: run.stage, name: run.name,
    startedAt: run.startedAt.toISOString(), endedAt: run.endedAt.toISOString(), durationMs: run.endedAt.getTime() - run.startedAt.getTime(),
    conversationId: run.conversationId, isKeyedByTrace: run.isKeyedByTrace,
    outcome: run.outcome as Outcome | null, outcomeSource: run.outcomeSource as OutcomeSource | null, outcomeAt: run.outcomeAt?.toISOString() ?? null,
    isEscalated: run.isEscalated, isIntervened: run.isIntervened, isUnreviewed: run.isUnreviewed, errorSentence: run.errorSentence,
    spanCount: run.spanCount, toolCalls: run.toolCalls, consequentialCalls: run.consequentialCalls, actionErrors: run.actionErrors, inferenceCalls: run.inferenceCalls,
    tokens: Number(run.inputTokens + run.outputTokens), inputTokens: Number(run.inputTokens), outputTokens: Number(run.outputTokens), cacheReadTokens: Number(run.cacheReadTokens),
    costNanoUsd: costOf({ cost_nano_usd: Number(run.costNanoUsd), unknown_cost_calls: run.unknownCostCalls, inference_calls: run.inferenceCalls }),
    unknownCostCalls: run.unknownCostCalls, records: run.records as unknown as RecordReference[], segments: run.segments as Record<string, string>,
    escalationTools: escalationToolsOf(agent?.card), traceIds: traces.map((trace) => trace.traceId),
  };
}

function escalationToolsOf(card: unknown): string[] {
  const tools = (card as { reading?: { escalationTools?: unknown } } | null | undefined)?.reading?.escalationTools;
  return Array.isArray(tools) ? tools.filter((tool): tool is string => typeof tool === "string") : [];
}
