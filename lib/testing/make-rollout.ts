// A rollout for tests, as it stands after its start: a second version beside the current one of an agent.

import { prisma } from "../database/database.ts";
import type { AutonomyStage } from "../domain/authority-level.ts";
import { defaultCanaryPlan, type CanaryPlan } from "../domain/canary-plan.ts";
import type { Manifest } from "../domain/manifest.ts";
import { newId } from "../new-id.ts";
import type { MadeAgent } from "./make-agent.ts";

export interface MadeRollout {
  id: string;
  candidateId: string;
  currentId: string;
  set: (data: { state?: string; exposure?: number; stageIndex?: number; plan?: CanaryPlan }) => Promise<void>;
}

interface Wanted {
  candidate: Manifest;
  stage?: AutonomyStage;
  exposure?: number;
  plan?: Partial<CanaryPlan>;
}

export async function makeRollout(agent: Pick<MadeAgent, "id" | "register">, { candidate, stage = "assisted", exposure = 0.5, plan: changes = {} }: Wanted): Promise<MadeRollout> {
  const { version, change } = await agent.register(candidate);
  if (!change) throw new Error("the second version needs a review");
  const now = new Date();
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id }, select: { currentVersionId: true } });
  if (currentVersionId === null) throw new Error("there is no current version");
  const plan: CanaryPlan = { ...defaultCanaryPlan("shadow", "bounded"), ...changes };
  const id = newId("ro");
  await prisma().change.update({ where: { id: change.id }, data: { state: "approved", decidedAt: now } });
  await prisma().agentVersion.update({ where: { id: version.id }, data: { approvedAt: now } });
  await prisma().rollout.create({
    data: {
      id, agentId: agent.id, changeId: change.id, candidateId: version.id, currentId: currentVersionId, plan, state: "running", stageIndex: plan.stages.findIndex((one) => one.stage === stage),
      exposure: stage === "shadow" ? 0 : exposure, salt: "salt of the test", plannedAt: now, startedAt: now, stepSince: now,
    },
  });
  return {
    id, candidateId: version.id, currentId: currentVersionId,
    set: async (data) => {
      await prisma().rollout.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
    },
  };
}
