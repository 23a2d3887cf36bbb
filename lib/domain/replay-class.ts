// Does one policy decide more loosely than another, or more strictly, over a number of calls?

import type { GateDecision } from "./gate-decision.ts";

export const REPLAY_CLASSES = ["widened", "narrowed", "mixed", "same"] as const;
export type ReplayClass = (typeof REPLAY_CLASSES)[number];

/** One call under two policies. */
export interface DecisionStep {
  before: GateDecision;
  after: GateDecision;
}

const RANK: Readonly<Record<GateDecision, number>> = { deny: 0, hold: 1, permit: 2 };

/** Above 0: looser than before, below: stricter. */
export const loosening = ({ before, after }: DecisionStep): number => RANK[after] - RANK[before];

export function countSteps(steps: readonly DecisionStep[]): { widened: number; narrowed: number } {
  const ways = steps.map(loosening);
  return { widened: ways.filter((way) => way > 0).length, narrowed: ways.filter((way) => way < 0).length };
}

export function replayClass({ widened, narrowed }: { widened: number; narrowed: number }): ReplayClass {
  if (widened > 0) return narrowed > 0 ? "mixed" : "widened";
  return narrowed > 0 ? "narrowed" : "same";
}
