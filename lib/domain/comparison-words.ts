// What of both versions is compared in a stage, and what would differ however good the candidate is?

import { type CanaryPlan, isComparedIn, isHeldBack } from "./canary-plan.ts";

interface VersionNumbers {
  current: number;
  candidate: number;
}

/** Null where both versions act alike, so that all of it is. */
export function comparisonSentence(plan: CanaryPlan, stageIndex: number, numbers: VersionNumbers): string | null {
  const stage = plan.stages[stageIndex]?.stage;
  return stage === "shadow" ? shadowSentence(numbers) : heldBackSentence(plan, stageIndex, numbers);
}

const shadowSentence = ({ current, candidate }: VersionNumbers): string =>
  `In shadow the first call with an effect is refused to version ${candidate}, and from there on it no longer sees what version ${current} sees. Compared are that call, and the errors and forbidden calls until then; success, escalation, latency and cost only of tasks in which nothing was refused to it.`;

function heldBackSentence(plan: CanaryPlan, stageIndex: number, numbers: VersionNumbers): string | null {
  const stage = plan.stages[stageIndex]?.stage;
  if (stage === undefined || plan.actsAt === undefined || !isHeldBack(plan, stage)) return null;
  const from = plan.stages.slice(stageIndex).find((one) => isComparedIn(plan, "latency", one.stage))?.stage ?? stage;
  const so = from === stage ? "latency and escalation are compared nevertheless, because no stage follows" : `latency and escalation are compared from ${from} on${isHeldBack(plan, from) ? ", the last stage" : ""}`;
  return `At ${stage} writes of version ${numbers.candidate} are held, while version ${numbers.current} acts at ${plan.actsAt}: that makes ${numbers.candidate} slower and lets it escalate more; ${so}.`;
}
