// What waits at one agent, and what happened there last?

import { prisma } from "../database/database.ts";
import type { RecordReference } from "../domain/agent-span.ts";
import { listAskingRuns, type AskingRuns } from "./cut-runs.ts";

export interface OpenChangeRow {
  id: string;
  kind: string;
  title: string;
  class: string;
  authorName: string;
  proposedAt: Date;
  expiresAt: Date;
}

export interface OpenFindingRow {
  id: string;
  sentence: string;
  openedAt: Date;
  runCount: number;
  changeId: string | null;
}

/** Calls that wait for a person's word. */
export interface HeldActions {
  count: number;
  oldestAt: Date;
  /** When the time of the first one is over. */
  firstEndsAt: Date;
}

async function findHeldActions(agentId: string, now: Date): Promise<HeldActions | null> {
  const { _count: count, _min: { preparedAt, expiresAt } } = await prisma().action.aggregate({
    where: { agentId, state: "held", expiresAt: { gt: now } }, _count: true, _min: { preparedAt: true, expiresAt: true },
  });
  return preparedAt === null || expiresAt === null ? null : { count, oldestAt: preparedAt, firstEndsAt: expiresAt };
}

/** Oldest first: what has waited longest is looked at first. */
export async function listOpenItems(agentId: string, now: Date): Promise<{ changes: OpenChangeRow[]; findings: OpenFindingRow[]; held: HeldActions | null; asking: AskingRuns[] }> {
  const [held, asking, changes, findings] = await Promise.all([
    findHeldActions(agentId, now),
    listAskingRuns(agentId),
    prisma().change.findMany({
      where: { agentId, state: "open" }, orderBy: { proposedAt: "asc" }, take: 20,
      select: { id: true, kind: true, title: true, class: true, authorName: true, proposedAt: true, expiresAt: true },
    }),
    prisma().finding.findMany({
      where: { agentId, state: "open" }, orderBy: { openedAt: "asc" }, take: 20,
      select: { id: true, sentence: true, openedAt: true, runCount: true, changeId: true },
    }),
  ]);
  return { changes, findings, held, asking };
}

export interface RecentChangeRow {
  id: string;
  title: string;
  class: string;
  state: string;
  authorName: string;
  proposedAt: Date;
  decidedAt: Date | null;
}

export async function listRecentChanges(agentId: string, limit = 5): Promise<RecentChangeRow[]> {
  return prisma().change.findMany({
    where: { agentId }, orderBy: { proposedAt: "desc" }, take: limit,
    select: { id: true, title: true, class: true, state: true, authorName: true, proposedAt: true, decidedAt: true },
  });
}

export interface RecentRunRow {
  id: string;
  name: string | null;
  startedAt: Date;
  durationMs: number;
  outcome: string | null;
  isEscalated: boolean;
  isIntervened: boolean;
  isUnreviewed: boolean;
  actionErrors: number;
  toolCalls: number;
  records: RecordReference[];
  /** Null when the price of one of its calls is not known. */
  costNanoUsd: number | null;
}

export async function listRecentRuns(agentId: string, limit = 6): Promise<RecentRunRow[]> {
  const rows = await prisma().run.findMany({
    where: { agentId }, orderBy: { startedAt: "desc" }, take: limit,
    select: {
      id: true, name: true, startedAt: true, endedAt: true, outcome: true, isEscalated: true, isIntervened: true, isUnreviewed: true, actionErrors: true, toolCalls: true,
      costNanoUsd: true, unknownCostCalls: true, inferenceCalls: true, records: true,
    },
  });
  return rows.map(({ endedAt, costNanoUsd, unknownCostCalls, inferenceCalls, records, ...row }) => ({
    ...row,
    records: records as unknown as RecordReference[],
    durationMs: endedAt.getTime() - row.startedAt.getTime(),
    costNanoUsd: unknownCostCalls > 0 || inferenceCalls === 0 ? null : Number(costNanoUsd),
  }));
}
