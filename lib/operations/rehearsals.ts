// How is the stop path exercised without stopping anybody? As a drill that a person starts, and by Holdpoint itself each minute.

import { setTimeout as pause } from "node:timers/promises";
import { databaseNow } from "../database/database-now.ts";
import { pool, prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { loadRehearsedPoints, type RunningRehearsal } from "../database/rehearsal-points.ts";
import { PROBE_AGENT_ID, PROBE_TOOL } from "../domain/bundle.ts";
import { faultOfPath, judgeRehearsal, type RehearsalResult } from "../domain/judge-rehearsal.ts";
import { agentInScope, faultOfScope, isStopScope, type ScopedStop } from "../domain/stop-scope.ts";
import { NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { nextEpoch } from "./next-epoch.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { systemActor } from "./people.ts";
import { probeGate } from "./probe-gate.ts";
import { agentOf, countNamed } from "./stops.ts";

/** As long as a point may go on without hearing from Holdpoint: who has not answered by then has closed or is missing. */
export const REHEARSAL_MS = 10_000;
const BETWEEN_LOOKS_MS = 50;

/** By the clock that says when a point answered. */
async function create(tx: Transaction, rehearsal: ScopedStop & { kind: string; startedBy: string }): Promise<RunningRehearsal & { epoch: number }> {
  const epoch = await nextEpoch(tx);
  const stored = { id: newId("re"), ...rehearsal, startedAt: await databaseNow(tx) };
  await tx.rehearsal.create({ data: { ...stored, epoch } });
  return { ...stored, epoch: Number(epoch) };
}

/** Marked as a rehearsal from its first byte: points answer it and go on with their work. */
export const startDrill = operation({
  kind: "rehearsal.drill_started",
  needs: "stop:engage",
  agentOf: (tx, stop: ScopedStop) => agentOf(tx, stop),
  run: async ({ tx, actor }: Context, { scope, target }: ScopedStop) => {
    const fault = faultOfScope({ scope, target });
    if (fault !== null) throw new NotPossible(fault);
    await countNamed(tx, { scope, target });
    const { id } = await create(tx, { kind: "drill", scope, target, startedBy: actor.name });
    return { result: { rehearsalId: id }, evidence: { subject: id, agentId: await agentOf(tx, { scope, target }), detail: { scope, target, by: actor.name } } };
  },
});

const startStanding = operation({
  kind: "rehearsal.standing_started",
  needs: "stop:rehearse",
  run: async ({ tx, actor }: Context) => {
    const rehearsal = await create(tx, { kind: "standing", scope: "agent", target: PROBE_AGENT_ID, startedBy: actor.name });
    return { result: rehearsal, evidence: { subject: rehearsal.id, detail: {} } };
  },
});

interface End {
  rehearsal: RunningRehearsal;
  result: RehearsalResult;
  /** What did not work; null when everything did. */
  fault: string | null;
  probeRefusedAt: Date | null;
}

const finish = operation({
  kind: "rehearsal.ended",
  needs: "stop:rehearse",
  run: async ({ tx, now }: Context, { rehearsal, result, fault, probeRefusedAt }: End) => {
    const { expected, answered, medianMs, p99Ms, worstMs, slowest, missing } = result;
    const { count } = await tx.rehearsal.updateMany({
      where: { id: rehearsal.id, endedAt: null },
      data: { endedAt: now, releasedAt: now, isProven: fault === null, expected, answered, medianMs, p99Ms, worstMs, probeRefusedAt, detail: { sentence: fault ?? "", missing, slowest } },
    });
    if (count === 0) return { result: undefined, evidence: NOTHING_CHANGED };
    const detail = { isProven: fault === null, expected, answered, medianMs, p99Ms, worstMs, slowest, missing, sentence: fault };
    return { result: undefined, evidence: { kind: `rehearsal.${rehearsal.kind}_ended`, subject: rehearsal.id, agentId: agentOfRehearsal(rehearsal), detail } };
  },
});

const agentOfRehearsal = (rehearsal: RunningRehearsal): string | null => (rehearsal.kind === "drill" ? agentInScope(rehearsal) : null);

const faultOfDrill = ({ missing, expected, answered }: RehearsalResult): string | null => {
  if (expected === 0) return "No enforcement point is connected there.";
  return missing.length === 0 ? null : `${expected - answered} of ${expected} points did not answer: ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? " and others" : ""}.`;
};

/** Ends drills that all have answered, or whose time is over, `now` by PostgreSQL's clock: all of them, or the one that is named. Returns how many go on. */
export async function endDrills(now: Date, rehearsalId?: string): Promise<number> {
  const running = await prisma().rehearsal.findMany({ where: { kind: "drill", endedAt: null, ...(rehearsalId === undefined ? {} : { id: rehearsalId }) }, select: { id: true, kind: true, scope: true, target: true, startedAt: true } });
  let goOn = 0;
  for (const { scope, ...row } of running) {
    if (!isStopScope(scope)) continue;
    const rehearsal = { ...row, scope };
    const result = judgeRehearsal(await loadRehearsedPoints(prisma(), rehearsal, now));
    const isOver = now.getTime() - rehearsal.startedAt.getTime() >= REHEARSAL_MS;
    if (result.missing.length === 0 || isOver) await finish(systemActor, { rehearsal, result, fault: faultOfDrill(result), probeRefusedAt: null }, now);
    else goOn++;
  }
  return goOn;
}

/** How many of Holdpoint's own points are connected, and how many apply an epoch that holds this rehearsal. */
async function countProbes(epoch: number, now: Date): Promise<{ probes: number; probesClosed: number }> {
  const { rows } = await pool().query<{ probes: number; probesClosed: number }>(
    `SELECT count(*)::int AS probes, (count(*) FILTER (WHERE epoch >= $1))::int AS "probesClosed" FROM enforcement_point WHERE kind = 'probe' AND lease_until > $2`, [epoch, now]);
  return rows[0] ?? { probes: 0, probesClosed: 0 };
}

/** Why a rehearsal that is still open could not be gone through with; of another process that is not known. */
const brokenOff = new Map<string, string>();

/** The whole path once, `now` by PostgreSQL's clock: latch, push, confirmation of every point, refusal of a call. Returns the sentence that says what failed. */
export async function exerciseStopPath(now: Date): Promise<string | null> {
  await endLeftOver(now);
  const rehearsal = await startStanding(systemActor, undefined, now);
  try {
    return await exercise(rehearsal, new Date(now.getTime() + REHEARSAL_MS));
  } catch (error) {
    brokenOff.set(rehearsal.id, whyBroken(error));
    // Where that fails as well, the next round ends it.
    await endLeftOver(await databaseNow());
    throw error;
  }
}

async function exercise(rehearsal: RunningRehearsal & { epoch: number }, deadline: Date): Promise<string | null> {
  let probeRefusedAt: Date | null = null;
  for (;;) {
    const at = await databaseNow();
    const [points, probes] = await Promise.all([loadRehearsedPoints(prisma(), rehearsal, at), countProbes(rehearsal.epoch, at)]);
    const result = judgeRehearsal(points);
    if (probeRefusedAt === null && (await isRefused(rehearsal))) probeRefusedAt = await databaseNow();
    const fault = faultOfPath({ result, ...probes, isGateRefusing: probeRefusedAt !== null });
    if (fault === null || at >= deadline) {
      await finish(systemActor, { rehearsal, result, fault, probeRefusedAt }, await databaseNow());
      return fault;
    }
    await pause(BETWEEN_LOOKS_MS);
  }
}

const whyBroken = (error: unknown): string =>
  isDatabaseUnavailable(error) ? "The database could not be reached while the stop path was exercised." : `The stop path could not be exercised to its end: ${error instanceof Error ? error.message.replace(/\s+/g, " ").trim().slice(0, 300) : "something went wrong on our side"}`;

async function isRefused({ id, epoch }: { id: string; epoch: number }): Promise<boolean> {
  const { isRefused: isDenied, stopId } = await probeGate({ agentId: PROBE_AGENT_ID, tool: PROBE_TOOL, epoch }, new Date());
  return isDenied && stopId === id;
}

/** What this process could not go through with, or another one that ended in the middle. */
async function endLeftOver(now: Date): Promise<void> {
  const left = await prisma().rehearsal.findMany({ where: { kind: "standing", endedAt: null }, select: { id: true, kind: true, startedAt: true } });
  for (const row of left) {
    const rehearsal: RunningRehearsal = { ...row, scope: "agent", target: PROBE_AGENT_ID };
    const result = judgeRehearsal(await loadRehearsedPoints(prisma(), rehearsal, now));
    const fault = brokenOff.get(row.id) ?? "The process that exercised the stop path ended in the middle.";
    await finish(systemActor, { rehearsal, result, fault, probeRefusedAt: null }, now);
    brokenOff.delete(row.id);
  }
}

const KEEP_ANSWERS_MS = 3_600_000;
const KEEP_STANDING_MS = 30 * 24 * 3_600_000;

export async function forgetOldRehearsals(now: Date): Promise<void> {
  const isStanding = { kind: "standing", endedAt: { not: null } };
  await prisma().rehearsalAnswer.deleteMany({ where: { rehearsal: { ...isStanding, startedAt: { lt: new Date(now.getTime() - KEEP_ANSWERS_MS) } } } });
  await prisma().rehearsal.deleteMany({ where: { ...isStanding, startedAt: { lt: new Date(now.getTime() - KEEP_STANDING_MS) } } });
}
