// Which run does each trace belong to? By conversation when the traffic carries one, else by the trace itself.

import { createHash } from "node:crypto";
import type pg from "pg";
import type { AgentSpan } from "../domain/agent-span.ts";
import { newId } from "../new-id.ts";
import { arrayParameter } from "./array-parameter.ts";
import { mergeStoredRuns, type MovedRun } from "./merge-runs.ts";
import { lockRuns, type RunRow } from "./run-row.ts";

/** What comes in together of one trace of one agent. */
export interface TraceGroup {
  agentId: string;
  traceId: string;
  conversationId: string | null;
  /** Each once: of a repetition the first counts. The start makes no difference, since a sender that corrects its clock means the same span. */
  spans: AgentSpan[];
}

export interface ResolvedTrace extends TraceGroup {
  runId: string;
  /** The run's key: the conversation, else the trace. */
  key: string;
  isKeyedByTrace: boolean;
  /** Nothing of this trace is stored yet. */
  isNewTrace: boolean;
  /** The run's row exists. */
  isKnownRun: boolean;
}

export interface Resolution {
  traces: ResolvedTrace[];
  moved: MovedRun[];
  /** Rows of runs that are locked and read already, by id. */
  locked: ReadonlyMap<string, RunRow>;
}

const LONGEST_KEY = 300;

/** What is too long for an index is known by its digest. */
const keyOf = (conversationId: string): string =>
  conversationId.length <= LONGEST_KEY ? conversationId : `sha256:${createHash("sha256").update(conversationId).digest("hex")}`;

const pair = (agentId: string, key: string): string => `${agentId} ${key}`;

/** A trace that tells of several conversations belongs to the one of its earliest span. */
export function groupByTrace(byAgent: ReadonlyMap<string, readonly AgentSpan[]>): TraceGroup[] {
  const groups: TraceGroup[] = [];
  for (const [agentId, spans] of byAgent) {
    const traces = new Map<string, TraceGroup & { saidAtUs: number; spanIds: Set<string> }>();
    for (const span of spans) {
      let group = traces.get(span.traceId);
      if (!group) traces.set(span.traceId, (group = { agentId, traceId: span.traceId, conversationId: null, spans: [], saidAtUs: Infinity, spanIds: new Set() }));
      if (group.spanIds.has(span.spanId)) continue;
      group.spanIds.add(span.spanId);
      group.spans.push(span);
      if (span.conversationId !== null && span.startUs < group.saidAtUs) {
        group.conversationId = keyOf(span.conversationId);
        group.saidAtUs = span.startUs;
      }
    }
    for (const { traceId, conversationId, spans: distinct } of traces.values()) groups.push({ agentId, traceId, conversationId, spans: distinct });
  }
  return groups;
}

/** Locks every trace it names until the transaction ends, so that no run disappears under spans that are being written to it. */
export async function resolveRuns(client: pg.PoolClient, groups: readonly TraceGroup[], now: Date): Promise<Resolution> {
  const planned = new Map<string, string>();
  const candidates = groups.map((group): ResolvedTrace => {
    const key = group.conversationId ?? group.traceId;
    const runId = planned.get(pair(group.agentId, key)) ?? newId("ru");
    planned.set(pair(group.agentId, key), runId);
    return { ...group, runId, key, isKeyedByTrace: group.conversationId === null, isNewTrace: true, isKnownRun: false };
  });
  const runOfNew = await insertTraces(client, candidates);
  const old: ResolvedTrace[] = [];
  for (const trace of candidates) {
    const runId = runOfNew.get(pair(trace.agentId, trace.traceId));
    if (runId === undefined) old.push(trace);
    else if (runId !== trace.runId) Object.assign(trace, { runId, isKnownRun: true });
  }
  return old.length > 0 ? followKnownTraces(client, candidates, old, now) : { traces: candidates, moved: [], locked: new Map() };
}

/** The run of each that was not there before: the one of its conversation if there is one, else the one that is planned for it. */
async function insertTraces(client: pg.PoolClient, traces: readonly ResolvedTrace[]): Promise<Map<string, string>> {
  const { rows } = await client.query<[string, string, string]>({
    name: "insert-traces", rowMode: "array",
    text: `INSERT INTO trace (agent_id, trace_id, run_id)
      SELECT agent_id, trace_id, coalesce((SELECT run.id FROM run WHERE run.agent_id = given.agent_id AND run.conversation_id = given.conversation_id), run_id)
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS given(agent_id, trace_id, run_id, conversation_id)
      ORDER BY agent_id, trace_id ON CONFLICT DO NOTHING RETURNING agent_id, trace_id, run_id`,
    values: [
      arrayParameter("text", traces, (trace) => trace.agentId), arrayParameter("text", traces, (trace) => trace.traceId),
      arrayParameter("text", traces, (trace) => trace.runId), arrayParameter("text", traces, (trace) => trace.conversationId),
    ],
  });
  return new Map(rows.map(([agentId, traceId, runId]) => [pair(agentId, traceId), runId]));
}

async function findConversations(client: pg.PoolClient, keys: readonly { agentId: string; key: string }[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; agent_id: string; conversation_id: string }>({
    name: "find-conversations",
    text: `SELECT r.id, r.agent_id, r.conversation_id FROM run r JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS asked(agent_id, key)
      ON r.agent_id = asked.agent_id AND r.conversation_id = asked.key`,
    values: [keys.map(({ agentId }) => agentId), keys.map(({ key }) => key)],
  });
  return new Map(rows.map((row) => [pair(row.agent_id, row.conversation_id), row.id]));
}

interface KnownTrace {
  agent_id: string;
  trace_id: string;
  run_id: string;
}

async function lockTraces(client: pg.PoolClient, traces: readonly ResolvedTrace[]): Promise<Map<string, string>> {
  if (traces.length === 0) return new Map();
  const { rows } = await client.query<KnownTrace>({
    name: "lock-traces",
    text: `SELECT t.agent_id, t.trace_id, t.run_id FROM trace t JOIN unnest($1::text[], $2::text[]) AS asked(agent_id, trace_id)
      ON t.agent_id = asked.agent_id AND t.trace_id = asked.trace_id ORDER BY t.agent_id, t.trace_id FOR UPDATE OF t`,
    values: [traces.map(({ agentId }) => agentId), traces.map(({ traceId }) => traceId)],
  });
  return new Map(rows.map((row) => [pair(row.agent_id, row.trace_id), row.run_id]));
}

/** For traces that were seen before: their run, which gets the conversation's key, or goes into the conversation's run, once that is known. */
async function followKnownTraces(client: pg.PoolClient, all: ResolvedTrace[], old: readonly ResolvedTrace[], now: Date): Promise<Resolution> {
  const runOfTrace = await lockTraces(client, old);
  for (const trace of old) trace.isNewTrace = false;
  const ids = new Set([...runOfTrace.values(), ...all.filter((trace) => trace.isNewTrace && trace.isKnownRun).map((trace) => trace.runId)]);
  // Read after the locks of the traces: before them another request may still have moved one of them.
  const runs = new Map((await lockRuns(client, [...ids])).map((run) => [run.id, run]));
  const moved: MovedRun[] = [];
  let hasMoved = false;
  for (const trace of old) {
    const run = runs.get(runOfTrace.get(pair(trace.agentId, trace.traceId)) ?? "");
    if (!run) throw new Error(`the run of trace ${trace.traceId} is missing`);
    if (run.is_keyed_by_trace && trace.conversationId !== null && trace.conversationId !== run.conversation_id) {
      moved.push(...(await moveToConversation(client, all, trace, run.id, now)));
      hasMoved = true;
    } else {
      Object.assign(trace, { runId: run.id, key: run.conversation_id, isKeyedByTrace: run.is_keyed_by_trace, isKnownRun: true });
    }
  }
  return { traces: all, moved, locked: hasMoved ? new Map() : runs };
}

async function moveToConversation(client: pg.PoolClient, all: readonly ResolvedTrace[], trace: ResolvedTrace, runId: string, now: Date): Promise<MovedRun[]> {
  const known = (await findConversations(client, [{ agentId: trace.agentId, key: trace.key }])).get(pair(trace.agentId, trace.key));
  if (known === undefined) {
    await client.query("UPDATE run SET conversation_id = $2, is_keyed_by_trace = false, updated_at = $3 WHERE id = $1", [runId, trace.key, now]);
    // New traces of the same conversation in this request were planned into a run that need not be made any more.
    const siblings = all.filter((other) => other !== trace && other.isNewTrace && other.agentId === trace.agentId && other.key === trace.key);
    for (const resolved of [trace, ...siblings]) Object.assign(resolved, { runId, isKeyedByTrace: false, isKnownRun: true });
    await pointTraces(client, trace.agentId, siblings.map(({ traceId }) => traceId), runId);
    return [];
  }
  Object.assign(trace, { runId: known, isKeyedByTrace: false, isKnownRun: true });
  return mergeStoredRuns(client, trace.agentId, { from: runId, into: known }, now);
}

export async function pointTraces(client: pg.PoolClient, agentId: string, traceIds: readonly string[], runId: string): Promise<void> {
  if (traceIds.length === 0) return;
  await client.query("UPDATE trace SET run_id = $3 WHERE agent_id = $1 AND trace_id = ANY($2::text[])", [agentId, traceIds, runId]);
}

/** Another request made the same conversation's run in this moment: its row is the one. */
export async function adoptExistingRuns(client: pg.PoolClient, traces: readonly ResolvedTrace[]): Promise<void> {
  const existing = await findConversations(client, traces);
  for (const trace of traces) {
    const runId = existing.get(pair(trace.agentId, trace.key));
    if (runId === undefined) throw new Error(`the run of trace ${trace.traceId} is missing`);
    Object.assign(trace, { runId, isKnownRun: true });
    await pointTraces(client, trace.agentId, [trace.traceId], runId);
  }
}
