// What happens to spans that come in? They are stored once, folded into their runs, and what they show of the recipe is noted.

import type pg from "pg";
import { pool } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import { foldSpans, mergeRun, type RunDelta, type RunReading } from "../domain/fold-run.ts";
import type { Actor } from "../domain/roles.ts";
import { BadInput } from "../errors.ts";
import { metrics } from "../metrics-registry.ts";
import { announceRunsMoved } from "./announce-runs-moved.ts";
import { inTransaction, sqlState } from "./in-transaction.ts";
import { currentPrices, type PriceOf } from "./known-prices.ts";
import { markRollupsDue } from "./mark-rollups-due.ts";
import { firstErrorsOf, type MovedRun } from "./merge-runs.ts";
import { distinctObservations, observationsOf, storeObservations, touchObservations, unapprovedKeys, type Observed } from "./observe-components.ts";
import { namedAgents, placeSpans, soleAgent } from "./place-spans.ts";
import { adoptExistingRuns, groupByTrace, resolveRuns, type ResolvedTrace, type TraceGroup } from "./resolve-runs.ts";
import { insertRuns, lockRuns, storedRun, updateRuns, type StoredRun } from "./run-row.ts";
import { ensureSpanPartitions, forgetSpanPartitions } from "./span-partitions.ts";
import { spanKey, storeSpans, type SpanToStore } from "./store-spans.ts";
import { findTelemetryAgents, loadEffects, loadVersionClaims, type Effects, type FindVersion, type TelemetryAgent } from "./telemetry-agents.ts";

export interface Ingested {
  /** New ones; a repetition of a stored span is accepted and changes nothing. */
  stored: number;
  rejected: number;
  /** For the person who reads the sender's log. */
  sentence: string | null;
}

/** All that is read before the transaction: it may be some milliseconds old without harm. */
interface Surroundings {
  agents: ReadonlyMap<string, TelemetryAgent>;
  findVersion: FindVersion;
  priceOf: PriceOf;
  unapproved: ReadonlySet<string>;
  now: Date;
}

/**
 * `forcedAgentId`: the import of a file says whose it is. Telemetry is no decision, so it leaves no log entry; its permission is asked per
 * agent, and a span that is not permitted is rejected by itself. Throws `Unavailable` when the database is away, `BadInput` for values no column takes.
 */
export async function ingestSpans(actor: Actor, spans: readonly AgentSpan[], now: Date, forcedAgentId: string | null = null): Promise<Ingested> {
  if (spans.length === 0) return { stored: 0, rejected: 0, sentence: null };
  const sole = forcedAgentId ?? soleAgent(actor);
  const agents = await findTelemetryAgents(new Set([...namedAgents(spans), ...(sole === null ? [] : [sole])]));
  const { byAgent, rejected, sentence } = placeSpans(actor, spans, new Set(agents.keys()), forcedAgentId);
  metrics().rejectedSpans.inc(rejected);
  if (byAgent.size === 0) return { stored: 0, rejected, sentence };

  const groups = groupByTrace(byAgent);
  const findVersion = await loadVersionClaims(groups.map(claimOf));
  const surroundings = { agents, findVersion, priceOf: rememberingPrices(await currentPrices()), unapproved: await unapprovedKeys(), now };
  const starts = [...byAgent.values()].flatMap((placed) => placed.map((span) => span.startUs));
  const { stored, seen } = await storingAgain(starts, () => inTransaction((client) => ingest(client, groups, surroundings)));
  void touchObservations(seen, now).catch(() => undefined);
  noteSeen([...byAgent.keys()], now);
  announceRunsMoved(byAgent.keys());
  return { stored, rejected, sentence };
}

async function storingAgain<Result>(startsUs: readonly number[], store: () => Promise<Result>): Promise<Result> {
  await ensureSpanPartitions(startsUs);
  try {
    return await store();
  } catch (error) {
    const state = sqlState(error);
    if (state?.startsWith("22")) throw new BadInput("A span holds a value that cannot be stored.", { cause: error });
    if (state !== "23514") throw error;
    // The partition was dropped since this process last looked.
    forgetSpanPartitions();
    await ensureSpanPartitions(startsUs);
    return store();
  }
}

/** The price of a span is asked when it is stored and again when it is folded. */
function rememberingPrices(priceOf: PriceOf): PriceOf {
  const known = new Map<AgentSpan, number | null>();
  return (span) => {
    let price = known.get(span);
    if (price === undefined) known.set(span, (price = priceOf(span)));
    return price;
  };
}

const claimOf = ({ agentId, spans }: TraceGroup) => ({
  agentId,
  fingerprint: spans.find((span) => span.fingerprint !== null)?.fingerprint ?? null,
  label: spans.find((span) => span.versionLabel !== null)?.versionLabel ?? null,
});

async function ingest(client: pg.PoolClient, groups: readonly TraceGroup[], around: Surroundings): Promise<{ stored: number; seen: Map<string, Observed> }> {
  const { traces, moved } = await resolveRuns(client, groups, around.now);
  const created = await createRuns(client, traces, around);
  const stored = await storeSpans(client, rowsOf(traces, around.priceOf));
  const updated = await extendRuns(client, traces.filter((trace) => !created.has(trace.runId)), stored, around);
  const seen = observed(traces);
  await storeObservations(client, seen, around.now);
  await markRollupsDue(client, [...moved, ...created.values(), ...updated], around.now);
  countStored(traces, stored);
  return { stored: stored.size, seen };
}

const rowsOf = (traces: readonly ResolvedTrace[], priceOf: PriceOf): SpanToStore[] =>
  traces.flatMap(({ agentId, runId, spans }) => spans.map((span) => ({ agentId, runId, span, costNanoUsd: span.tokens === null && span.reportedCostNanoUsd === null ? null : priceOf(span) })));

function countStored(traces: readonly ResolvedTrace[], stored: ReadonlySet<string>): void {
  const counts = new Map<string, number>();
  for (const { agentId, spans } of traces) {
    for (const span of spans) if (stored.has(spanKey(agentId, span))) counts.set(span.dialect, (counts.get(span.dialect) ?? 0) + 1);
  }
  for (const [dialect, count] of counts) metrics().ingestedSpans.inc({ dialect }, count);
}

/** Runs of which nothing is stored are written at once with all that this request says of them: their spans cannot be there yet. */
async function createRuns(client: pg.PoolClient, traces: readonly ResolvedTrace[], around: Surroundings): Promise<Map<string, MovedRun>> {
  const byRun = Map.groupBy(traces.filter((trace) => !trace.isKnownRun), (trace) => trace.runId);
  if (byRun.size === 0) return new Map();
  const effects = await effectsFor(client, [...byRun.values()].map(([first]) => versionFor(first, around)));
  const runs = [...byRun].map(([id, [first, ...others]]) => newRun(id, first as ResolvedTrace, others, effects, around));
  const inserted = await insertRuns(client, runs, around.now);
  const lost = [...byRun].flatMap(([id, members]) => (inserted.has(id) ? [] : members));
  if (lost.length > 0) await adoptExistingRuns(client, lost);
  return new Map(runs.filter((run) => inserted.has(run.id)).map((run) => [run.id, { agentId: run.agentId, startUs: run.facts.startUs }]));
}

function versionFor(trace: ResolvedTrace | undefined, { agents, findVersion }: Surroundings): string | null {
  if (!trace) return null;
  return findVersion(trace.agentId, claimOf(trace)) ?? agents.get(trace.agentId)?.currentVersionId ?? null;
}

const effectsFor = (client: pg.PoolClient, versionIds: readonly (string | null)[]) => loadEffects(versionIds.filter((id) => id !== null), client);

function newRun(id: string, first: ResolvedTrace, others: readonly ResolvedTrace[], effects: ReadonlyMap<string, Effects>, around: Surroundings): StoredRun {
  const versionId = versionFor(first, around);
  const all = [first, ...others];
  const facts = foldDistinct(all, () => true, readingFor(first.agentId, versionId, effects, around));
  if (!facts) throw new Error("a run has at least one span");
  return {
    id, agentId: first.agentId, conversationId: first.key, isKeyedByTrace: first.isKeyedByTrace,
    versionId: around.findVersion(first.agentId, { fingerprint: facts.fingerprint, label: facts.versionLabel }) ?? versionId,
    stage: stageOf(facts, around.agents.get(first.agentId)), isUnreviewed: showsUnapproved(all, around.unapproved), facts,
  };
}

/** A sender may only say less of itself than its agent's stage does: that a candidate runs in shadow. */
const stageOf = (facts: RunDelta, agent: TelemetryAgent | undefined): string => (facts.stage === "shadow" ? "shadow" : (agent?.stage ?? "shadow"));

function readingFor(agentId: string, versionId: string | null, effects: ReadonlyMap<string, Effects>, { agents, priceOf }: Surroundings): RunReading {
  const agent = agents.get(agentId);
  if (!agent) throw new Error(`agent ${agentId} was not read`);
  return { reading: agent.reading, effects: (versionId === null ? undefined : effects.get(versionId)) ?? {}, priceOf };
}

/** Each span once, also when a request repeats it; null when none is left. */
function foldDistinct(traces: readonly ResolvedTrace[], isWanted: (key: string) => boolean, { reading, effects, priceOf }: RunReading): RunDelta | null {
  const distinct = new Map<string, AgentSpan>();
  for (const { agentId, spans } of traces) {
    for (const span of spans) {
      const key = spanKey(agentId, span);
      if (!distinct.has(key) && isWanted(key)) distinct.set(key, span);
    }
  }
  return distinct.size === 0 ? null : foldSpans([...distinct.values()], reading, effects, priceOf);
}

/** Adds to runs that exist only what was not stored before. */
async function extendRuns(client: pg.PoolClient, traces: readonly ResolvedTrace[], stored: ReadonlySet<string>, around: Surroundings): Promise<MovedRun[]> {
  const touched = [...Map.groupBy(traces, (trace) => trace.runId)].filter(([, members]) => members.some(({ agentId, spans }) => spans.some((span) => stored.has(spanKey(agentId, span)))));
  if (touched.length === 0) return [];
  const rows = new Map((await lockRuns(client, touched.map(([id]) => id))).map((row) => [row.id, row]));
  const versions = new Map(touched.map(([id, members]) => [id, around.findVersion(members[0]?.agentId ?? "", claimOf(members[0] as ResolvedTrace)) ?? rows.get(id)?.version_id ?? null]));
  const effects = await effectsFor(client, [...versions.values()]);
  const deltas = touched.map(([id, members]) => {
    const delta = foldDistinct(members, (key) => stored.has(key), readingFor(members[0]?.agentId ?? "", versions.get(id) ?? null, effects, around));
    if (!delta) throw new Error("a touched run has a new span");
    return { id, members, delta };
  });
  const errors = await firstErrorsOf(client, deltas.filter(({ id, delta }) => delta.errorSentence !== null && rows.get(id)?.error_sentence).map(({ id }) => id));
  const updated: StoredRun[] = [];
  const moved: MovedRun[] = [];
  for (const { id, members, delta } of deltas) {
    const row = rows.get(id);
    if (!row) throw new Error(`run ${id} is missing`);
    const before = storedRun(row, earlierError(errors.get(id), delta));
    const after = extended(before, delta, members, around);
    updated.push(after);
    moved.push({ agentId: before.agentId, startUs: before.facts.startUs }, { agentId: after.agentId, startUs: after.facts.startUs });
  }
  await updateRuns(client, updated, around.now);
  return moved;
}

/** The stored spans hold the new ones already: when the earliest error is none of the new, it is the one the run tells of. */
function earlierError(earliestUs: number | undefined, delta: RunDelta): number | null {
  const newUs = delta.takenAtUs.errorSentence;
  if (earliestUs === undefined || newUs === null) return null;
  return earliestUs < newUs ? earliestUs : newUs + 1;
}

function extended(before: StoredRun, delta: RunDelta, members: readonly ResolvedTrace[], { agents, findVersion, unapproved }: Surroundings): StoredRun {
  const facts = mergeRun(before.facts, delta);
  const isEarlier = delta.startUs < before.facts.startUs;
  const claimed = findVersion(before.agentId, { fingerprint: delta.fingerprint, label: facts.versionLabel });
  const claimsAnew = claimed !== null && (delta.fingerprint !== null || before.facts.versionLabel !== facts.versionLabel);
  return {
    ...before,
    facts,
    versionId: claimsAnew ? claimed : (before.versionId ?? claimed ?? agents.get(before.agentId)?.currentVersionId ?? null),
    stage: delta.stage === "shadow" && (isEarlier || before.facts.spanCount === 0) ? "shadow" : before.stage,
    isUnreviewed: before.isUnreviewed || showsUnapproved(members, unapproved),
  };
}

const observationsIn = (traces: readonly ResolvedTrace[]): Observed[] =>
  traces.flatMap((trace) => {
    const label = claimOf(trace).label;
    return trace.spans.flatMap((span) => observationsOf(trace.agentId, trace.runId, span, label));
  });

const observed = (traces: readonly ResolvedTrace[]): Map<string, Observed> => distinctObservations(observationsIn(traces));

const showsUnapproved = (traces: readonly ResolvedTrace[], unapproved: ReadonlySet<string>): boolean =>
  unapproved.size > 0 && observationsIn(traces).some(({ key }) => unapproved.has(key));

const SEEN_EVERY_MS = 10_000;
const lastNotedMs = new Map<string, number>();

/** Outside the transaction: whoever reviews an agent holds its row, and telemetry does not wait for that. */
function noteSeen(agentIds: readonly string[], now: Date): void {
  const due = agentIds.filter((id) => Math.abs(now.getTime() - (lastNotedMs.get(id) ?? 0)) >= SEEN_EVERY_MS);
  if (due.length === 0) return;
  for (const id of due) lastNotedMs.set(id, now.getTime());
  void pool()
    .query("UPDATE agent SET last_seen_at = $2 WHERE id = ANY($1::text[]) AND (last_seen_at IS NULL OR last_seen_at < $2)", [due, now])
    .catch(() => due.forEach((id) => lastNotedMs.delete(id)));
}
