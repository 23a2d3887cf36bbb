// What does an operation see of a rollout, and how does it write what happened? Locked, so that two decisions never pass each other.

import type { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { after } from "../domain/action-window.ts";
import { canaryPlanSchema, type CanaryPlan } from "../domain/canary-plan.ts";
import { faultOfMove, isRolloutState, type RolloutMove, type RolloutState } from "../domain/rollout-state.ts";
import { isStopScope, stopCovers } from "../domain/stop-scope.ts";
import { Conflict, NotFound } from "../errors.ts";

type StoredRollout = NonNullable<Awaited<ReturnType<Transaction["rollout"]["findUnique"]>>>;
export type LockedRollout = StoredRollout & { state: RolloutState };

export const agentOfRollout = async (tx: Transaction, { rolloutId }: { rolloutId: string }): Promise<string | null> =>
  (await tx.rollout.findUnique({ where: { id: rolloutId }, select: { agentId: true } }))?.agentId ?? null;

/** The agent first, then its rollout. Not the stronger lock on the rollout: for that one, tasks that are being assigned would wait. */
export async function lockRollout(tx: Transaction, rolloutId: string): Promise<LockedRollout> {
  await tx.$executeRaw`SELECT 1 FROM agent WHERE id = (SELECT agent_id FROM rollout WHERE id = ${rolloutId}) FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM rollout WHERE id = ${rolloutId} FOR NO KEY UPDATE`;
  return readRollout(tx, rolloutId);
}

const drawLockOf = (agentId: string): string => `draw ${agentId}`;

/**
 * Held by whoever draws tasks of these agents, from before the rollouts are read until what was drawn is stored. Drawing never waits for drawing, nor
 * for the judge while it only judges: it waits for a move, which takes this lock alone and last. A row lock would let a stream of tasks starve a pause.
 */
export async function lockForDrawing(tx: Transaction, agentIds: readonly string[]): Promise<void> {
  const names = [...new Set(agentIds)].toSorted().map(drawLockOf);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest(${names}::text[]) AS name`;
}

/** The caller holds its lock. */
export async function readRollout(tx: Transaction, rolloutId: string): Promise<LockedRollout> {
  const rollout = await tx.rollout.findUnique({ where: { id: rolloutId } });
  if (!rollout) throw new NotFound("There is no such rollout.");
  const { state } = rollout;
  if (!isRolloutState(state)) throw new Error(`a rollout has the unknown state ${state}`);
  return { ...rollout, state };
}

export function requireMove({ state }: Pick<LockedRollout, "state">, move: RolloutMove): void {
  const fault = faultOfMove(state, move);
  if (fault !== null) throw new Conflict(fault);
}

/** A decision about what a page showed must never count for what the rollout became meanwhile. */
export function requireRevision(rollout: LockedRollout, revision: number): void {
  if (rollout.revision !== revision) throw new Conflict("This rollout moved on after this page was loaded. Nothing was decided; look at it again.");
}

export const planOf = ({ plan }: Pick<LockedRollout, "plan">): CanaryPlan => canaryPlanSchema.parse(plan);

export interface RolloutEventInput {
  kind: string;
  by: string;
  reason?: string | null;
  detail?: Prisma.InputJsonObject;
}

/**
 * Every move raises the revision, and stands on the rollout's page with the stage and the exposure that it led to. It waits until the tasks that are
 * being assigned by what stands there are stored, and from here to its end none is begun: what is stored after a pause was drawn after it.
 */
export async function moveRollout(tx: Transaction, { id, agentId }: Pick<LockedRollout, "id" | "agentId">, data: Prisma.RolloutUpdateInput, event: RolloutEventInput, now: Date): Promise<LockedRollout> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${drawLockOf(agentId)}, 0))`;
  await tx.rollout.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
  const moved = await readRollout(tx, id);
  // Nobody judges it again.
  if (moved.endedAt !== null) await tx.changedOutcome.deleteMany({ where: { rolloutId: id } });
  await noteRolloutEvent(tx, moved, event, now);
  return moved;
}

export async function noteRolloutEvent(tx: Transaction, { id, stageIndex, exposure }: LockedRollout, { kind, by, reason = null, detail = {} }: RolloutEventInput, now: Date): Promise<void> {
  await tx.rolloutEvent.create({ data: { rolloutId: id, kind, stageIndex, exposure, by, reason, detail, at: now } });
}

export interface RolloutStanding {
  rolloutId: string;
  state: RolloutState;
  stageIndex: number;
  exposureIndex: number;
  exposure: number;
  revision: number;
}

export const standingOf = ({ id, state, stageIndex, exposureIndex, exposure, revision }: LockedRollout): RolloutStanding => ({ rolloutId: id, state, stageIndex, exposureIndex, exposure, revision });

/** The step at which a stage begins. */
export const firstStepOf = (plan: CanaryPlan, stageIndex: number) => ({ stageIndex, exposureIndex: 0, exposure: plan.stages[stageIndex]?.exposures[0] ?? 0 });

const DAY_MS = 24 * 3_600_000;

export const deadlineFrom = ({ deadlineDays }: Pick<CanaryPlan, "deadlineDays">, now: Date): Date => after(now, deadlineDays * DAY_MS);

/** Whoever lets a rollout go on that is past its deadline gives it another one. */
export function laterDeadline(rollout: LockedRollout, now: Date): { deadlineAt?: Date } {
  return rollout.deadlineAt !== null && rollout.deadlineAt <= now ? { deadlineAt: deadlineFrom(planOf(rollout), now) } : {};
}

/** Of the agent or of either of its two versions. A stopped tool is missing on both sides and ends nothing. */
export async function isStoppedRollout(tx: Transaction, { agentId, candidateId, currentId }: Pick<LockedRollout, "agentId" | "candidateId" | "currentId">): Promise<boolean> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { id: true, tier: true } });
  const stops = await tx.stop.findMany({ where: { releasedAt: null, scope: { not: "tool" } }, select: { scope: true, target: true } });
  return stops.some(({ scope, target }) => isStopScope(scope) && [currentId, candidateId].some((currentVersionId) => stopCovers({ scope, target }, { ...agent, currentVersionId })));
}
