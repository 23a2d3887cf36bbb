// What would another policy have decided? Recorded calls are decided under both, and where they differ is listed.

import type { GateDecision } from "../domain/gate-decision.ts";
import { countSteps, replayClass, type DecisionStep, type ReplayClass } from "../domain/replay-class.ts";
import { decideByPolicy, type PolicyAnswer, type PolicyCall } from "./decide-by-policy.ts";
import type { PreparedPolicy } from "./prepare-policy.ts";

export interface Flip extends DecisionStep {
  /** Of the recorded call. */
  index: number;
  /** What the other policy says. */
  sentence: string;
}

export interface Replay {
  decided: number;
  flips: Flip[];
  /** By decision, under each policy. */
  before: Record<GateDecision, number>;
  after: Record<GateDecision, number>;
  widened: number;
  narrowed: number;
  class: ReplayClass;
}

/** Null: no policy text, which says nothing against a call. What the recorded calls do not show stays unknown, so `same` is no proof. */
export function replayPolicy(calls: readonly PolicyCall[], before: PreparedPolicy | null, after: PreparedPolicy | null): Replay {
  const under = (policy: PreparedPolicy | null): Pick<PolicyAnswer, "decision" | "sentence">[] =>
    calls.map((call) => (policy ? decideByPolicy(policy, call) : { decision: "permit", sentence: "There is no policy text that speaks against it." }));
  const [old, young] = [under(before), under(after)];
  const flips = old.flatMap(({ decision }, index): Flip[] => {
    const other = young[index];
    return !other || other.decision === decision ? [] : [{ index, before: decision, after: other.decision, sentence: other.sentence }];
  });
  const counts = countSteps(flips);
  return { decided: calls.length, flips, before: countOf(old), after: countOf(young), ...counts, class: replayClass(counts) };
}

function countOf(answers: readonly { decision: GateDecision }[]): Record<GateDecision, number> {
  const counts = { permit: 0, hold: 0, deny: 0 };
  for (const { decision } of answers) counts[decision]++;
  return counts;
}
