// What does the agent API tell about rollouts? Where they stand, what the judge says, and what happened; never what tasks are hashed with.

import { prisma } from "../database/database.ts";
import type { VisibleAgents } from "./agent-api-views.ts";

const PAGE = 100;

const TOLD = {
  id: true, agentId: true, changeId: true, state: true, stageIndex: true, exposureIndex: true, exposure: true, revision: true, plan: true, verdict: true, verdictAt: true, lastOutcomeAt: true,
  plannedAt: true, startedAt: true, startedBy: true, deadlineAt: true, endedAt: true, reason: true, undoId: true, candidateId: true, currentId: true,
} as const;

export async function agentOfRollout(rolloutId: string): Promise<string | null> {
  return (await prisma().rollout.findUnique({ where: { id: rolloutId }, select: { agentId: true } }))?.agentId ?? null;
}

/** Newest first; `before` is the last id of the page before. */
export async function listToldRollouts(visible: VisibleAgents, { agent, before }: { agent?: string | undefined; before?: string | undefined }) {
  const last = before === undefined ? null : await prisma().rollout.findUnique({ where: { id: before }, select: { plannedAt: true } });
  const rows = await prisma().rollout.findMany({
    where: { AND: [visible.includes("*") ? {} : { agentId: { in: [...visible] } }, agent === undefined ? {} : { agentId: agent }, last ? { plannedAt: { lt: last.plannedAt } } : {}] },
    orderBy: { plannedAt: "desc" }, take: PAGE + 1, select: TOLD,
  });
  return { rollouts: rows.slice(0, PAGE).map(toldRollout), next: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null };
}

/** Null when there is none. */
export async function findToldRollout(rolloutId: string) {
  const row = await prisma().rollout.findUnique({
    where: { id: rolloutId },
    select: {
      ...TOLD, events: { orderBy: { id: "asc" }, select: { kind: true, stageIndex: true, exposure: true, by: true, reason: true, detail: true, at: true } },
      approvals: { orderBy: { at: "asc" }, select: { stageIndex: true, kind: true, personName: true, reason: true, at: true } },
    },
  });
  return row === null ? null : { ...toldRollout(row), events: row.events, approvals: row.approvals };
}

function toldRollout({ plan, stageIndex, ...row }: { plan: unknown; stageIndex: number; id: string; [name: string]: unknown }) {
  const stages = (plan as { stages?: { stage?: string }[] }).stages ?? [];
  return { ...row, plan, stageIndex, stage: stages[stageIndex]?.stage ?? null };
}
