// What did the judge say last, and about which stage?

import type { Prisma } from "../../generated/prisma/client.ts";
import type { CanaryVerdict, StageCoverage } from "../domain/judge-canary.ts";
import type { ToldSelfTest } from "../domain/judge-self-test.ts";
import type { LockedRollout } from "./lock-rollout.ts";

/** As it is kept with the rollout. */
export interface StoredVerdict extends CanaryVerdict {
  stageIndex: number;
  coverage: Required<StageCoverage>;
  /** Outcomes that count for nothing, by why. */
  excluded: Record<string, number>;
  /** Of the process that judged it. */
  selfTest?: ToldSelfTest;
}

/** Null: nothing was said of the stage in which the rollout is now. */
export function readStoredVerdict({ verdict, stageIndex }: Pick<LockedRollout, "verdict" | "stageIndex">): StoredVerdict | null {
  const stored = verdict as unknown as StoredVerdict | null;
  return stored !== null && typeof stored === "object" && stored.stageIndex === stageIndex ? stored : null;
}

export const asStored = (verdict: StoredVerdict): Prisma.InputJsonObject => structuredClone(verdict) as unknown as Prisma.InputJsonObject;
