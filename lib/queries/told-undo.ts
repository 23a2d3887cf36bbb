// How far is a reversal? As it is told over the API.

import { prisma } from "../database/database.ts";

export async function agentOfUndo(undoId: string): Promise<string | null> {
  return (await prisma().undo.findUnique({ where: { id: undoId }, select: { agentId: true } }))?.agentId ?? null;
}

export async function agentOfUndoStep(stepId: string): Promise<string | null> {
  return (await prisma().undoStep.findUnique({ where: { id: stepId }, select: { undo: { select: { agentId: true } } } }))?.undo.agentId ?? null;
}

/** Null: there is no such reversal. */
export async function findToldUndo(undoId: string) {
  return prisma().undo.findUnique({
    where: { id: undoId },
    select: {
      id: true, agentId: true, scope: true, target: true, since: true, reason: true, state: true, startedByName: true, startedAt: true, approverRole: true, approvedBy: true, approvedAt: true, endedAt: true,
      steps: { orderBy: { position: "asc" }, select: { id: true, actionId: true, position: true, state: true, kind: true, attempts: true, nextAttemptAt: true, error: true, doneBy: true, endedAt: true } },
    },
  });
}
