// What about its rollout does the author of a change leave to somebody else?

import { readUsualPlan } from "../database/usual-plan.ts";
import type { CanaryPlan } from "../domain/canary-plan.ts";
import { AUTHOR_RESUMES, faultOfAuthor, weakerThan } from "../domain/weaker-plan.ts";
import { NotPermitted } from "../errors.ts";
import type { LockedRollout } from "./lock-rollout.ts";
import type { Context } from "./operation.ts";

async function isAuthor({ tx, actor }: Pick<Context, "tx" | "actor">, { changeId }: Pick<LockedRollout, "changeId">): Promise<boolean> {
  const { authorIds } = await tx.change.findUniqueOrThrow({ where: { id: changeId }, select: { authorIds: true } });
  return authorIds.includes(actor.id);
}

/** In what the plan is weaker than the usual one; `more` is weaker about the way in which it is started. */
export async function requirePlanOfOther(context: Context, rollout: LockedRollout, plan: CanaryPlan, more: readonly string[] = []): Promise<string[]> {
  const weaker = [...weakerThan(plan, await readUsualPlan(context.tx, rollout.id, plan)), ...more];
  const fault = faultOfAuthor(weaker);
  if (fault !== null && (await isAuthor(context, rollout))) throw new NotPermitted(fault);
  return weaker;
}

export async function requireResumedByOther(context: Context, rollout: LockedRollout): Promise<void> {
  if (rollout.state === "held" && (await isAuthor(context, rollout))) throw new NotPermitted(AUTHOR_RESUMES);
}
