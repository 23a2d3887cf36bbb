// Which rollouts are there, and what does each wait for?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import type { ArmFigures, CanaryVerdict, MetricVerdict } from "../domain/judge-canary.ts";
import type { ToldSelfTest } from "../domain/judge-self-test.ts";
import { OPEN_ROLLOUT_STATES, type RolloutState } from "../domain/rollout-state.ts";

export const ROLLOUTS_PER_PAGE = 50;

/** With the self-test of the process that judged. */
export type ToldVerdict = CanaryVerdict & { selfTest?: ToldSelfTest };

export interface RolloutFilter {
  /** `open`: whatever has not ended. */
  state: RolloutState | "open" | "all";
  agent: string | null;
}

export interface RolloutRow {
  id: string;
  agentId: string;
  state: RolloutState;
  changeTitle: string;
  currentNumber: number;
  candidateNumber: number;
  plan: CanaryPlan;
  stageIndex: number;
  exposure: number;
  verdict: CanaryVerdict | null;
  /** Yes to leaving this stage, so far. */
  promoteYes: number;
  reason: string | null;
  startedAt: Date | null;
  deadlineAt: Date | null;
  endedAt: Date | null;
  plannedAt: Date;
}

export interface RolloutPage {
  rows: RolloutRow[];
  older: string | null;
}

const fields = {
  id: true, agentId: true, changeId: true, candidateId: true, currentId: true, state: true, plan: true, stageIndex: true, exposure: true, verdict: true, reason: true,
  plannedAt: true, startedAt: true, deadlineAt: true, endedAt: true, approvals: { select: { kind: true, stageIndex: true } },
} as const satisfies Prisma.RolloutSelect;

type StoredRollout = Prisma.RolloutGetPayload<{ select: typeof fields }>;

function whereOf({ state, agent }: RolloutFilter): Prisma.RolloutWhereInput {
  const states = state === "open" ? [...OPEN_ROLLOUT_STATES] : state === "all" ? null : [state];
  return { ...(states ? { state: { in: states } } : {}), ...(agent ? { agentId: agent } : {}) };
}

function afterCursor(cursor: string | null): Prisma.RolloutWhereInput {
  const [time, id] = (cursor ?? "").split("_ro_");
  const at = new Date(Number(time));
  if (!time || !id || Number.isNaN(at.getTime())) return {};
  return { OR: [{ plannedAt: { lt: at } }, { plannedAt: at, id: { lt: `ro_${id}` } }] };
}

/** The newest first. */
export async function listRollouts(filter: RolloutFilter, cursor: string | null): Promise<RolloutPage> {
  const stored = await prisma().rollout.findMany({
    where: { AND: [whereOf(filter), afterCursor(cursor)] }, orderBy: [{ plannedAt: "desc" }, { id: "desc" }], take: ROLLOUTS_PER_PAGE + 1, select: fields,
  });
  const shown = stored.slice(0, ROLLOUTS_PER_PAGE);
  const last = shown.at(-1);
  return { rows: await withNames(shown), older: stored.length > shown.length && last ? `${last.plannedAt.getTime()}_${last.id}` : null };
}

/** `null`: nothing is being rolled out for this agent. */
export async function findOpenRollout(agentId: string): Promise<RolloutRow | null> {
  const stored = await prisma().rollout.findFirst({ where: { agentId, state: { in: [...OPEN_ROLLOUT_STATES] } }, select: fields });
  return stored === null ? null : ((await withNames([stored]))[0] ?? null);
}

export async function findRolloutOfChange(changeId: string): Promise<RolloutRow | null> {
  const stored = await prisma().rollout.findUnique({ where: { changeId }, select: fields });
  return stored === null ? null : ((await withNames([stored]))[0] ?? null);
}

export async function hasAnyRollout(): Promise<boolean> {
  return (await prisma().rollout.findFirst({ select: { id: true } })) !== null;
}

/** What was said of a stage that is behind an open rollout says nothing of the one that it is in. */
export function verdictOf({ verdict, stageIndex, state }: Pick<StoredRollout, "verdict" | "stageIndex" | "state">): ToldVerdict | null {
  const stored = verdict as unknown as (Omit<ToldVerdict, "metrics"> & { metrics?: StoredMetric[]; stageIndex?: number }) | null;
  if (stored === null || typeof stored !== "object") return null;
  const isOpen = OPEN_ROLLOUT_STATES.some((open) => open === state);
  return isOpen && stored.stageIndex !== undefined && stored.stageIndex !== stageIndex ? null : { ...stored, metrics: (stored.metrics ?? []).map(withItsQuantile) };
}

/** Of what was judged before, the median is what was kept of an amount. */
function withItsQuantile(metric: StoredMetric): MetricVerdict {
  const named = ({ median = null, amount = null, ...arm }: StoredArm): ArmFigures => ({ ...arm, amount: amount ?? (median === null ? null : { value: median, quantile: 0.5 }) });
  return { ...metric, current: named(metric.current), candidate: named(metric.candidate) };
}

type StoredArm = Omit<ArmFigures, "amount"> & { amount?: ArmFigures["amount"]; median?: number | null };
type StoredMetric = Omit<MetricVerdict, "current" | "candidate"> & { current: StoredArm; candidate: StoredArm };

async function withNames(stored: readonly StoredRollout[]): Promise<RolloutRow[]> {
  if (stored.length === 0) return [];
  const [changes, versions] = await Promise.all([
    prisma().change.findMany({ where: { id: { in: stored.map(({ changeId }) => changeId) } }, select: { id: true, title: true } }),
    prisma().agentVersion.findMany({ where: { id: { in: stored.flatMap(({ currentId, candidateId }) => [currentId, candidateId]) } }, select: { id: true, number: true } }),
  ]);
  const titleOf = new Map(changes.map(({ id, title }) => [id, title]));
  const numberOf = new Map(versions.map(({ id, number }) => [id, number]));
  return stored.map((row) => ({
    id: row.id, agentId: row.agentId, state: row.state as RolloutState, changeTitle: titleOf.get(row.changeId) ?? "", currentNumber: numberOf.get(row.currentId) ?? 0,
    candidateNumber: numberOf.get(row.candidateId) ?? 0, plan: row.plan as unknown as CanaryPlan, stageIndex: row.stageIndex, exposure: row.exposure,
    verdict: verdictOf(row), promoteYes: row.approvals.filter(({ kind, stageIndex }) => kind === "promote" && stageIndex === row.stageIndex).length,
    reason: row.reason, startedAt: row.startedAt, deadlineAt: row.deadlineAt, endedAt: row.endedAt, plannedAt: row.plannedAt,
  }));
}
