// How is one rollout stored, and what of it is shown?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { readAmountMarks, type AmountMarks } from "../domain/amount-marks.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import type { RolloutState } from "../domain/rollout-state.ts";
import { verdictOf, type ToldVerdict } from "./rollouts.ts";

const fields = {
  id: true, agentId: true, changeId: true, candidateId: true, currentId: true, plan: true, state: true, stageIndex: true, exposureIndex: true, exposure: true, revision: true, verdict: true,
  verdictAt: true, lastOutcomeAt: true, plannedAt: true, startedAt: true, startedBy: true, stepSince: true, deadlineAt: true, endedAt: true, reason: true, undoId: true, amountMarks: true,
  approvals: { orderBy: { at: "asc" }, select: { kind: true, stageIndex: true, personId: true, personName: true, roles: true, reason: true, at: true } },
} as const satisfies Prisma.RolloutSelect;

type StoredRollout = Prisma.RolloutGetPayload<{ select: typeof fields }>;

export interface RolloutDetail extends Omit<StoredRollout, "plan" | "state" | "verdict" | "amountMarks"> {
  plan: CanaryPlan;
  state: RolloutState;
  verdict: ToldVerdict | null;
  amountMarks: AmountMarks;
}

/** `null`: there is no such rollout. */
export async function readRollout(rolloutId: string): Promise<RolloutDetail | null> {
  const stored = await prisma().rollout.findUnique({ where: { id: rolloutId }, select: fields });
  return stored && { ...stored, plan: stored.plan as unknown as CanaryPlan, state: stored.state as RolloutState, verdict: verdictOf(stored), amountMarks: readAmountMarks(stored.amountMarks) };
}
