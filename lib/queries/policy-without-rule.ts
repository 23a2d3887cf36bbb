// What would an agent's policy be without a rule that asks, and how was that rule answered so far?

import { withoutRule } from "../policy/without-rule.ts";
import { readDraft, replayOfDraft, type DraftReading } from "./agent-policy.ts";
import type { PolicyReplay } from "./policy-replay.ts";
import { getReviewerQuality } from "./reviewer-quality.ts";

export type PolicyWithoutRule =
  | { kind: "left_out"; text: string; reading: DraftReading; replay: PolicyReplay | null; approved: number; rejected: number }
  | { kind: "unknown" }
  | { kind: "asks_nobody" };

interface Question {
  agentId: string;
  versionId: string;
  text: string;
  ruleId: string;
}

export async function findPolicyWithoutRule({ ruleId, ...policy }: Question, now: Date): Promise<PolicyWithoutRule> {
  const left = withoutRule(policy.text, ruleId);
  if (left.kind !== "left_out") return left;
  const draft = { ...policy, text: left.text };
  const [reading, replay, { rules }] = await Promise.all([readDraft(draft), replayOfDraft(draft), getReviewerQuality(policy.agentId, now)]);
  const asked = rules.find(({ rule, isPolicy }) => isPolicy && rule === ruleId);
  return { kind: "left_out", text: left.text, reading, replay, approved: asked?.approved ?? 0, rejected: asked?.rejected ?? 0 };
}
