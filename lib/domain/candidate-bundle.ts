// What may a version do that is being rolled out? What its agent may do, and no more than the stage at which it stands.

import { AUTHORITY_LEVELS, isBelow, type AuthorityLevel, type AutonomyStage } from "./authority-level.ts";
import type { Bundle } from "./bundle.ts";

export interface Candidate {
  version: NonNullable<Bundle["version"]>;
  tools: Bundle["tools"];
  policy: Bundle["policy"];
  stops: Bundle["stops"];
  /** Null: a stage that is not understood. */
  stage: AutonomyStage | null;
  /** It only recommends, beside the version that acts. */
  isShadow: boolean;
  /** Rolled back, aborted or superseded: what is still under way may do nothing more. */
  isWithdrawn: boolean;
}

/** The agent's own bundle with the candidate's recipe. Never above the agent's level; fails closed to shadow. */
export function bundleOfCandidate(bundle: Bundle, { version, tools, policy, stops, stage, isShadow, isWithdrawn }: Candidate): Bundle {
  const [level, because] = limitOf({ stage, isShadow, isWithdrawn });
  const authority = isBelow(level, bundle.authority.level) ? { level, source: "rollout", because } : bundle.authority;
  return { ...bundle, version, tools, policy, stops, authority };
}

function limitOf({ stage, isShadow, isWithdrawn }: Pick<Candidate, "stage" | "isShadow" | "isWithdrawn">): [AuthorityLevel, string] {
  if (isWithdrawn) return ["shadow", "this version was withdrawn from its rollout"];
  if (isShadow) return ["shadow", "this version does the task in shadow, beside the one that acts"];
  if (stage === null || !AUTHORITY_LEVELS.includes(stage)) return ["shadow", "the stage of its rollout is not understood"];
  return [stage, `its rollout stands at ${stage}`];
}
