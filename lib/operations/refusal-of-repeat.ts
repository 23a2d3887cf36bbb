// Is what was permitted before permitted again, to whoever asks about the same call?

import { START_MS } from "../domain/action-window.ts";
import type { GateAnswer } from "../domain/decide-gate.ts";
import type { ToldReason } from "../domain/told-action.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import { decideWithin, type GateCall, type GateSurroundings } from "./decide-call.ts";
import { countedThen } from "./usage.ts";

interface Permit {
  /** As they were when it was asked for. */
  facts: PolicyFacts;
  givenMs: number;
}

/** What is said instead of the permit. */
type RefusedRepeat = Partial<Omit<GateAnswer, "reason">> & { reason: ToldReason };

const TOO_LATE = "This tool call was permitted too long ago for the answer to be repeated; another call needs a tool call id of its own.";
const NO_MORE = "This tool call was permitted before and would now wait for a person; ask with another tool call id.";

/** Null: it is, while its call may be under way, and only as long as it would still be given: by the counters as they were then. */
export function refusalOfRepeat(call: GateCall, around: GateSurroundings, { facts, givenMs }: Permit, now: Date): RefusedRepeat | null {
  const { answer } = decideWithin(call, { ...around, usage: countedThen(facts) }, now);
  if (answer.decision === "deny") return { ...answer, isRecommendation: false };
  const isLate = now.getTime() - givenMs > START_MS;
  return answer.decision === "permit" && !isLate ? null : { decision: "deny", reason: "ended", epoch: answer.epoch, sentence: isLate ? TOO_LATE : NO_MORE };
}
