// What did the gate decide in this run?

import { prisma } from "../database/database.ts";

export interface DecisionRow {
  id: string;
  tool: string;
  toolCallId: string;
  decision: string;
  sentence: string;
  policies: string[];
  /** Denied, and recorded as what the agent would have done. */
  isRecommendation: boolean;
  actionId: string | null;
  /** Of the action, as it is now. */
  actionState: string | null;
  decidedAt: string;
}

export interface RunDecisions {
  rows: DecisionRow[];
  /** Beyond those that are listed. */
  more: number;
}

const LISTED = 200;

/** In the order in which they were decided. A run without a conversation has none that could be told apart from others. */
export async function listRunDecisions({ agentId, conversationId }: { agentId: string; conversationId: string }): Promise<RunDecisions> {
  if (conversationId === "") return { rows: [], more: 0 };
  const where = { agentId, conversationId };
  const rows = await prisma().gateDecision.findMany({
    where, orderBy: [{ decidedAt: "asc" }, { id: "asc" }], take: LISTED,
    select: { id: true, tool: true, toolCallId: true, decision: true, sentence: true, policies: true, isRecommendation: true, actionId: true, decidedAt: true },
  });
  const actionIds = rows.flatMap(({ actionId }) => (actionId === null ? [] : [actionId]));
  const [actions, count] = await Promise.all([
    actionIds.length === 0 ? [] : prisma().action.findMany({ where: { id: { in: actionIds } }, select: { id: true, state: true } }),
    rows.length < LISTED ? rows.length : prisma().gateDecision.count({ where }),
  ]);
  const states = new Map(actions.map(({ id, state }) => [id, state]));
  return {
    rows: rows.map((row) => ({ ...row, decidedAt: row.decidedAt.toISOString(), actionState: row.actionId === null ? null : (states.get(row.actionId) ?? null) })),
    more: count - rows.length,
  };
}
