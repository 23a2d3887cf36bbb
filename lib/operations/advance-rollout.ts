// What happens when a rollout leaves a stage? The next one begins at its first exposure; after the last the candidate is the current version.

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { firstStepOf, laterDeadline, moveRollout, planOf, type LockedRollout, type RolloutEventInput } from "./lock-rollout.ts";
import { makeCurrent } from "./make-current.ts";
import type { PolicyTrials } from "./policy-trials.ts";
import { refreshAuthority } from "./refresh-authority.ts";
import { rebaseOpenChanges } from "./versions.ts";

export interface Advance {
  event: RolloutEventInput;
  /** Of the policy texts of the agent's open changes, for when the candidate becomes current. */
  trials: PolicyTrials;
}

/** The caller holds the locks of the agent and of the rollout. */
export async function advanceRollout(tx: Transaction, rollout: LockedRollout, advance: Advance, now: Date): Promise<LockedRollout> {
  const plan = planOf(rollout);
  const next = rollout.stageIndex + 1;
  if (next >= plan.stages.length) return completeRollout(tx, rollout, advance, now);
  // What was said about one stage promotes nothing out of the next.
  return moveRollout(tx, rollout, { state: "running", ...firstStepOf(plan, next), ...laterDeadline(rollout, now), stepSince: now, reason: null, verdict: Prisma.DbNull, verdictAt: null }, advance.event, now);
}

/** It ends before the candidate becomes current, so that it is not superseded by itself. */
export async function completeRollout(tx: Transaction, rollout: LockedRollout, { event, trials }: Advance, now: Date): Promise<LockedRollout> {
  const { agentId, candidateId } = rollout;
  const completed = await moveRollout(tx, rollout, { state: "completed", endedAt: now, exposure: 0, reason: null }, event, now);
  await makeCurrent(tx, agentId, candidateId, now);
  await rebaseOpenChanges(tx, agentId, trials, now);
  await refreshAuthority(tx, agentId, now);
  return completed;
}
