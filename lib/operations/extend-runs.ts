// What do the spans of a request make of their runs? New runs are written at once, others are extended by what was not stored before.

import type pg from "pg";
import { pool } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import { foldSpans, mergeRun, type RunDelta, type RunReading } from "../domain/fold-run.ts";
import { keepChangedOutcomes } from "./changed-outcomes.ts";
import type { PriceOf } from "./known-prices.ts";
import { firstErrorsOf, type MovedRun } from "./merge-runs.ts";
import { observationsOf, type Observed, type ObservedInRun } from "./observe-components.ts";
import { adoptExistingRuns, type ResolvedTrace, type TraceGroup } from "./resolve-runs.ts";
import { insertRuns, lockRuns, storedRun, updateRuns, type RunRow, type StoredRun } from "./run-row.ts";
import { loadEffects, type Effects, type FindAssigned, type FindVersion, type TelemetryAgent, type VersionClaim } from "./telemetry-agents.ts";

/** All that is read before the transaction: it may be some milliseconds old without harm. */
export interface Surroundings {
  agents: ReadonlyMap<string, TelemetryAgent>;
  findVersion: FindVersion;
  findAssigned: FindAssigned;
  priceOf: PriceOf;
  /** Of observations that were judged as not approved. */
  unapproved: ReadonlySet<string>;
  /** What the spans of each trace say when all of them are new, by their list, which stays the same when a transaction is tried again. */
  folded: ReadonlyMap<readonly AgentSpan[], FoldedAhead>;
  now: Date;
}

interface FoldedAhead {
  /** The version whose declared effects it was read with. */
  versionId: string | null;
  delta: RunDelta;
}

export const claimOf = ({ agentId, spans }: TraceGroup): VersionClaim & { agentId: string } => ({
  agentId,
  fingerprint: spans.find((span) => span.fingerprint !== null)?.fingerprint ?? null,
  label: spans.find((span) => span.versionLabel !== null)?.versionLabel ?? null,
});

/** The traces of one run, never empty. */
interface RunTraces {
  id: string;
  first: ResolvedTrace;
  all: readonly ResolvedTrace[];
}

function byRun(traces: readonly ResolvedTrace[]): RunTraces[] {
  return [...Map.groupBy(traces, (trace) => trace.runId)].flatMap(([id, all]) => {
    const [first] = all;
    return first ? [{ id, first, all }] : [];
  });
}

/** Done while others use the database. */
export async function foldAhead(groups: readonly TraceGroup[], around: Omit<Surroundings, "folded">): Promise<Surroundings> {
  const versionOf = (group: TraceGroup) => claimedVersion(group, around);
  const effects = await effectsFor(pool(), groups.map(versionOf));
  const folded = new Map<readonly AgentSpan[], FoldedAhead>();
  for (const group of groups) {
    const versionId = versionOf(group);
    const { reading, effects: declared, priceOf } = readingFor(group.agentId, versionId, effects, around);
    folded.set(group.spans, { versionId, delta: foldSpans(group.spans, reading, declared, priceOf) });
    observationsIn(group);
  }
  return { ...around, folded };
}

export const keyOfRun = ({ conversationId, traceId }: TraceGroup): string => conversationId ?? traceId;

/** A run that says nothing of its version has the one that a rollout gave its task to, else the current one. */
function claimedVersion(group: TraceGroup, { findVersion, findAssigned, agents }: Omit<Surroundings, "folded">): string | null {
  const claim = claimOf(group);
  const isSilent = claim.fingerprint === null && claim.label === null;
  return findVersion(group.agentId, claim) ?? (isSilent ? findAssigned(group.agentId, keyOfRun(group)) : null) ?? agents.get(group.agentId)?.currentVersionId ?? null;
}

/** Runs of which nothing is stored, with all that came in of them: their spans cannot be there yet. */
export async function createRuns(client: pg.PoolClient, traces: readonly ResolvedTrace[], around: Surroundings): Promise<Map<string, MovedRun>> {
  const unknown = byRun(traces.filter((trace) => !trace.isKnownRun));
  if (unknown.length === 0) return new Map();
  const versionOf = ({ first }: RunTraces) => claimedVersion(first, around);
  const effects = await effectsFor(client, unknown.map(versionOf));
  const runs = unknown.map((run) => newRun(run, versionOf(run), effects, around));
  const inserted = await insertRuns(client, runs, around.now);
  const lost = unknown.flatMap(({ id, all }) => (inserted.has(id) ? [] : all));
  if (lost.length > 0) await adoptExistingRuns(client, lost);
  return new Map(runs.filter((run) => inserted.has(run.id)).map((run) => [run.id, { agentId: run.agentId, startUs: run.facts.startUs }]));
}

const effectsFor = (client: pg.Pool | pg.PoolClient, versionIds: readonly (string | null)[]) => loadEffects(versionIds.filter((id) => id !== null), client);

function newRun({ id, first, all }: RunTraces, versionId: string | null, effects: ReadonlyMap<string, Effects>, around: Surroundings): StoredRun {
  const facts = foldTraces(all, null, { versionId, effects, around });
  if (!facts) throw new Error("a run has at least one span");
  return {
    id, agentId: first.agentId, conversationId: first.key, isKeyedByTrace: first.isKeyedByTrace,
    versionId: around.findVersion(first.agentId, { fingerprint: facts.fingerprint, label: facts.versionLabel }) ?? versionId,
    // A sender may only say less of itself than its agent's stage does: that a candidate runs in shadow.
    stage: facts.stage === "shadow" ? "shadow" : (around.agents.get(first.agentId)?.stage ?? "shadow"),
    isUnreviewed: showsUnapproved(all, around.unapproved), facts,
  };
}

function readingFor(agentId: string, versionId: string | null, effects: ReadonlyMap<string, Effects>, { agents, priceOf }: Omit<Surroundings, "folded">): RunReading {
  const agent = agents.get(agentId);
  if (!agent) throw new Error(`agent ${agentId} was not read`);
  return { reading: agent.reading, effects: (versionId === null ? undefined : effects.get(versionId)) ?? {}, priceOf };
}

interface Folding {
  versionId: string | null;
  effects: ReadonlyMap<string, Effects>;
  around: Surroundings;
}

/** `stored`: only those, or all. Null when there is nothing to fold. */
function foldTraces(traces: readonly ResolvedTrace[], stored: ReadonlySet<AgentSpan> | null, { versionId, effects, around }: Folding): RunDelta | null {
  const deltas = traces.flatMap(({ agentId, spans }) => {
    const wanted = stored === null ? spans : spans.filter((span) => stored.has(span));
    const ahead = around.folded.get(spans);
    if (ahead?.versionId === versionId && wanted.length === spans.length) return ahead.delta;
    if (wanted.length === 0) return [];
    const { reading, effects: declared, priceOf } = readingFor(agentId, versionId, effects, around);
    return foldSpans(wanted, reading, declared, priceOf);
  });
  const [first, ...others] = deltas;
  return first ? others.reduce(mergeRun, first) : null;
}

/** `locked`: rows that are read under their lock already. Returns where the runs were counted before and where they are now. */
export async function extendRuns(
  client: pg.PoolClient, traces: readonly ResolvedTrace[], stored: ReadonlySet<AgentSpan>, locked: ReadonlyMap<string, RunRow>, around: Surroundings,
): Promise<MovedRun[]> {
  const touched = byRun(traces).filter(({ all }) => all.some(({ spans }) => spans.some((span) => stored.has(span))));
  if (touched.length === 0) return [];
  const rows = new Map([...locked, ...(await lockRuns(client, touched.map(({ id }) => id).filter((id) => !locked.has(id)))).map((row) => [row.id, row] as const)]);
  const versionOf = ({ id, first }: RunTraces) => around.findVersion(first.agentId, claimOf(first)) ?? rows.get(id)?.version_id ?? null;
  const effects = await effectsFor(client, touched.map(versionOf));
  const additions = touched.map((run) => {
    const row = rows.get(run.id);
    const delta = foldTraces(run.all, stored, { versionId: versionOf(run), effects, around });
    if (!row || !delta) throw new Error(`run ${run.id} is missing`);
    return { row, delta, traces: run.all };
  });
  const errors = await firstErrorsOf(client, additions.filter(({ row, delta }) => delta.errorSentence !== null && row.error_sentence !== null).map(({ row }) => row.id));
  const moved: MovedRun[] = [];
  const extended = additions.map(({ row, delta, traces }) => {
    const before = storedRun(row, earlierError(errors.get(row.id), delta));
    const after = withAdded(before, delta, traces, around);
    moved.push({ agentId: before.agentId, startUs: before.facts.startUs }, { agentId: after.agentId, startUs: after.facts.startUs });
    return after;
  });
  await updateRuns(client, extended, around.now);
  await keepChangedOutcomes(client, additions.flatMap(({ row }) => (row.outcome === null ? [] : [row.id])));
  return moved;
}

/** The stored spans hold the new ones already: when the earliest error is none of the new, it is the one the run tells of. */
function earlierError(earliestUs: number | undefined, delta: RunDelta): number | null {
  const newUs = delta.takenAtUs.errorSentence;
  if (earliestUs === undefined || newUs === null) return null;
  return earliestUs < newUs ? earliestUs : newUs + 1;
}

function withAdded(before: StoredRun, delta: RunDelta, traces: readonly ResolvedTrace[], { agents, findVersion, unapproved }: Surroundings): StoredRun {
  const facts = mergeRun(before.facts, delta);
  const claimed = findVersion(before.agentId, { fingerprint: delta.fingerprint, label: facts.versionLabel });
  const claimsAnew = claimed !== null && (delta.fingerprint !== null || before.facts.versionLabel !== facts.versionLabel);
  return {
    ...before,
    facts,
    versionId: claimsAnew ? claimed : (before.versionId ?? claimed ?? agents.get(before.agentId)?.currentVersionId ?? null),
    stage: delta.stage === "shadow" && delta.startUs < before.facts.startUs ? "shadow" : before.stage,
    isUnreviewed: before.isUnreviewed || showsUnapproved(traces, unapproved),
  };
}

/** By the list of spans, which stays the same when a transaction is tried again. */
const seenBefore = new WeakMap<readonly AgentSpan[], ReadonlyMap<string, Observed>>();

function observationsIn(trace: TraceGroup): ReadonlyMap<string, Observed> {
  const known = seenBefore.get(trace.spans);
  if (known) return known;
  const { label } = claimOf(trace);
  const seen = new Map<string, Observed>();
  for (const span of trace.spans) for (const one of observationsOf(trace.agentId, span, label)) if (!seen.has(one.key)) seen.set(one.key, one);
  seenBefore.set(trace.spans, seen);
  return seen;
}

/** What the traces show of their agents' recipes, each thing once. */
export function observed(traces: readonly ResolvedTrace[]): Map<string, ObservedInRun> {
  const all = new Map<string, ObservedInRun>();
  for (const trace of traces) for (const [key, one] of observationsIn(trace)) if (!all.has(key)) all.set(key, { ...one, runId: trace.runId });
  return all;
}

const showsUnapproved = (traces: readonly ResolvedTrace[], unapproved: ReadonlySet<string>): boolean =>
  unapproved.size > 0 && traces.some((trace) => [...observationsIn(trace).keys()].some((key) => unapproved.has(key)));
