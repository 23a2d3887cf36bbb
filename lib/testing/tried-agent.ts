// An agent with a rollout, for tests: its tasks are assigned and done as rows, without a client.

import { randomBytes } from "node:crypto";
import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import type { AutonomyStage } from "../domain/authority-level.ts";
import { canaryPlanSchema, type CanaryPlan, type StagePlan } from "../domain/canary-plan.ts";
import type { Arm } from "../domain/judge-canary.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { editRolloutPlan } from "../operations/plan-rollout.ts";
import { startRollout } from "../operations/start-rollout.ts";
import type { StoredVerdict } from "../operations/stored-verdict.ts";
import { makeAgent, manifest, type MadeAgent } from "./make-agent.ts";

export interface TriedAgent extends MadeAgent {
  rolloutId: string;
  changeId: string;
  currentId: string;
  candidateId: string;
  read: () => Promise<NonNullable<Awaited<ReturnType<typeof readRow>>>>;
  events: () => Promise<string[]>;
}

const readRow = (id: string) => prisma().rollout.findUniqueOrThrow({ where: { id } });

/** At `stage`, with a second version that is approved and planned as a rollout. */
export async function makeTriedAgent({ stage = "bounded", tier = 2, prompt = "You handle refunds and invoices.", model, cedar }: { stage?: AutonomyStage; tier?: 0 | 1 | 2 | null; prompt?: string; model?: string; cedar?: string } = {}): Promise<TriedAgent> {
  const agent = await makeAgent();
  await prisma().agent.update({ where: { id: agent.id }, data: { stage, tier } });
  const { change } = await agent.register(manifest({ prompt, ...(model ? { model: { provider: "openai", name: model } } : {}), ...(cedar ? { policy: { cedar } } : {}) }));
  if (!change) throw new Error("another prompt needs a review");
  await agent.approve(change.id, { keepsRollout: true });
  const rollout = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change.id } });
  return {
    ...agent, rolloutId: rollout.id, changeId: change.id, currentId: rollout.currentId, candidateId: rollout.candidateId, read: () => readRow(rollout.id),
    events: async () => (await prisma().rolloutEvent.findMany({ where: { rolloutId: rollout.id }, orderBy: { id: "asc" } })).map(({ kind }) => kind),
  };
}

/** Short stages, so that a test needs few tasks; the margin is as wide as it may be. */
export const shortStage = (stage: AutonomyStage, changes: Partial<StagePlan> = {}): StagePlan => ({
  stage, exposures: stage === "shadow" ? [] : [0.5], minimumTasks: 20, minimumCoverage: 0.9, approver: "any_reviewer", marginRatio: 10, ...changes,
});

/** One metric, success, of which half may be lost: some dozens of good tasks show that it is not worse. By an owner, for no author may ask for so little. */
export async function startTried(agent: TriedAgent, changes: Partial<CanaryPlan> = {}, now = new Date()): Promise<void> {
  const rollout = await agent.read();
  const plan = canaryPlanSchema.parse({
    ...canaryPlanSchema.parse(rollout.plan), metrics: [{ metric: "success", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }], stages: [shortStage("assisted"), shortStage("partial")], ...changes,
  });
  const { revision } = await editRolloutPlan(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision: rollout.revision, plan }, now);
  await startRollout(agent.owners.model_steward, { rolloutId: agent.rolloutId, revision, startsAnyway: true }, now);
}

export interface DoneTask {
  arm: Arm;
  task: string;
  unit: string;
  probability: number;
  /** Null: nobody has said yet. */
  outcome: "success" | "failure" | null;
  /** With which version it ran, whatever it was assigned to. */
  versionId: string | null;
  receivedBeforeMs: number;
  isEscalated: boolean;
  actionErrors: number;
  toolCalls: number;
  consequentialCalls: number;
  unknownCostCalls: number;
  hasEscapedViolation: boolean;
  shadow: { versionId?: string; actionErrors?: number; outcome?: "success" | "failure" | null; hasEscapedViolation?: boolean } | null;
  endedAt: Date;
  segments: Record<string, string>;
}

/** Assigned at the step where the rollout stands, and done a second later. Their names sort as given, for so the judge reads those of one moment: the same test bets in the same order. */
export async function doTasks(agent: Pick<TriedAgent, "id" | "currentId" | "candidateId" | "read">, tasks: readonly Partial<DoneTask>[], now = new Date()): Promise<string[]> {
  const rollout = await agent.read();
  const batch = randomBytes(6).toString("hex");
  const rows = tasks.map((given, index) => {
    const { arm = "current", task = `t-${batch}-${String(index).padStart(5, "0")}`, shadow = null } = given;
    return { given, arm, task, shadow, versionId: given.versionId === undefined ? (arm === "candidate" ? agent.candidateId : agent.currentId) : given.versionId };
  });
  await giveOut(rows.map(({ given, arm, task, shadow }) => ({
    rolloutId: rollout.id, taskId: task, agentId: agent.id, unit: given.unit ?? task, arm, probability: given.probability ?? rollout.exposure, stageIndex: rollout.stageIndex, exposureIndex: rollout.exposureIndex,
    shadowTaskId: shadow ? `${task}~shadow` : null, assignedAt: now,
  })));
  const runs = rows.flatMap(({ given, task, shadow, versionId }) => [
    runRow(agent.id, task, { ...given, versionId }, now),
    ...(shadow ? [runRow(agent.id, `${task}~shadow`, { ...shadow, versionId: shadow.versionId ?? agent.candidateId, outcome: shadow.outcome ?? null }, now)] : []),
  ]);
  await prisma().run.createMany({ data: runs });
  return rows.map(({ task }) => task);
}

/** As `assignTask` does: each task and its entry in the log, from which the judge learns that there is a new one, in one transaction. */
export async function giveOut(tasks: readonly Prisma.AssignmentCreateManyInput[]): Promise<void> {
  await prisma().$transaction(async (tx) => {
    await tx.assignment.createMany({ data: [...tasks] });
    await appendToLog(tx, tasks.map(({ rolloutId, agentId, taskId, assignedAt }) => ({ kind: "task.assigned", actor: "system:test", subject: rolloutId, agentId, at: new Date(assignedAt), detail: { task: taskId } })));
  });
}

export function runRow(agentId: string, conversationId: string, given: Partial<DoneTask>, now: Date) {
  const outcome = given.outcome === undefined ? "success" : given.outcome;
  const startedAt = new Date(now.getTime() + 1_000);
  const receivedAt = new Date(startedAt.getTime() - (given.receivedBeforeMs ?? 0));
  return {
    id: `ru_${randomBytes(8).toString("hex")}`, agentId, conversationId, isKeyedByTrace: false, versionId: given.versionId ?? null, stage: "partial", startedAt, endedAt: given.endedAt ?? new Date(startedAt.getTime() + 900),
    receivedAt, updatedAt: receivedAt, outcome, outcomeSource: outcome === null ? null : "reported", outcomeAt: outcome === null ? null : new Date(startedAt.getTime() + 900),
    isEscalated: given.isEscalated ?? false, actionErrors: given.actionErrors ?? 0, toolCalls: given.toolCalls ?? 0, consequentialCalls: given.consequentialCalls ?? 0, unknownCostCalls: given.unknownCostCalls ?? 0, costNanoUsd: 1_000_000n, inferenceCalls: 1,
    hasEscapedViolation: given.hasEscapedViolation ?? false, segments: given.segments ?? { country: "NO" }, toolNames: [],
  };
}

/** So many of the candidate, at a chance of one in `oneIn`. */
export const ofOneIn = (oneIn: number, count: number): Partial<DoneTask>[] => Array.from({ length: oneIn * count }, (_, index): Partial<DoneTask> => ({ arm: index % oneIn === 0 ? "candidate" : "current" }));

/** So many of each arm, in turns. */
export const ofBothArms = (count: number, given: Partial<Record<Arm, Partial<DoneTask>>> = {}): Partial<DoneTask>[] =>
  Array.from({ length: 2 * count }, (_, index): Partial<DoneTask> => (index % 2 === 0 ? { arm: "current", ...given.current } : { arm: "candidate", ...given.candidate }));

const BEGIN = new Date("2026-11-20T12:00:00Z");
/** So many minutes after the rollouts that `tried` starts. */
export const later = (minutes: number): Date => new Date(BEGIN.getTime() + minutes * 60_000);

export async function tried(changes: Partial<CanaryPlan> = {}): Promise<TriedAgent> {
  const agent = await makeTriedAgent();
  await startTried(agent, changes, BEGIN);
  return agent;
}

/** At the stage of the current version, so that both act alike. */
export async function triedAlike(changes: Partial<CanaryPlan> = {}): Promise<TriedAgent> {
  const agent = await makeTriedAgent({ stage: "assisted" });
  await startTried(agent, { stages: [shortStage("assisted")], ...changes }, BEGIN);
  return agent;
}

export const verdictOf = async (agent: TriedAgent): Promise<StoredVerdict | null> => (await agent.read()).verdict as unknown as StoredVerdict | null;
export const timesLogged = (agent: TriedAgent, kind: string): Promise<number> => prisma().logEntry.count({ where: { subject: agent.rolloutId, kind } });

/** Candidates that fail where the current version does not. */
export const FAILING = ofBothArms(60, { candidate: { outcome: "failure" } });
