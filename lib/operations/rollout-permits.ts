// When did somebody last let a rollout go on, and in spite of what?

import type { Transaction } from "../database/database.ts";
import type { CanaryMetric } from "../domain/canary-plan.ts";
import type { CanaryVerdict } from "../domain/judge-canary.ts";
import { LET_GO_ON } from "../domain/rollout-state.ts";
import type { LockedRollout } from "./lock-rollout.ts";

export interface Permits {
  /** When somebody last let it go on. */
  since: Date;
  /** For what the judge held it in this stage, as `holdKeys` names it, and somebody resumed it nevertheless. */
  accepted: ReadonlySet<string>;
}

type HeldFor = Pick<CanaryVerdict["because"], "metric"> & { code: string; named?: readonly CanaryMetric[] };

/** Whoever looked at one metric has looked at no other: "worse" is each metric's own. */
export const holdKeys = ({ code, metric, named = [] }: HeldFor): string[] =>
  (code === "worse" && named.length > 0 ? named : [metric ?? ""]).map((of) => `${code} ${of}`.trimEnd());

export async function readPermits(tx: Transaction, { id, stageIndex, startedAt, plannedAt }: LockedRollout): Promise<Permits> {
  const events = await tx.rolloutEvent.findMany({ where: { rolloutId: id, kind: { in: [...LET_GO_ON] } }, orderBy: { id: "asc" }, select: { at: true, stageIndex: true, detail: true } });
  const accepted = events.flatMap((event) => {
    const heldFor = event.stageIndex === stageIndex ? (event.detail as { accepted?: HeldFor }).accepted : undefined;
    return heldFor === undefined ? [] : holdKeys(heldFor);
  });
  return { since: events.at(-1)?.at ?? startedAt ?? plannedAt, accepted: new Set(accepted) };
}
