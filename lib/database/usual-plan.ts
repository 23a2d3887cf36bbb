// How did Holdpoint plan a rollout, before anybody edited it?

import { canaryPlanSchema, defaultCanaryPlan, type CanaryPlan } from "../domain/canary-plan.ts";
import type { Transaction } from "./database.ts";

/** Of a rollout that was planned before this was kept: the default, from where its own plan begins. */
export async function readUsualPlan(db: Pick<Transaction, "rolloutEvent">, rolloutId: string, { stages, actsAt }: Pick<CanaryPlan, "stages" | "actsAt">): Promise<CanaryPlan> {
  const planned = await db.rolloutEvent.findFirst({ where: { rolloutId, kind: "planned" }, orderBy: { id: "asc" }, select: { detail: true } });
  const kept = canaryPlanSchema.safeParse((planned?.detail as { plan?: unknown } | undefined)?.plan);
  return kept.success ? kept.data : defaultCanaryPlan(stages[0]?.stage === "shadow" ? "shadow" : "assisted", actsAt);
}
