// How is a re-review policy written as lines that a person can read and compare?

import type { Entry } from "./lay-out-entry-diff.ts";
import { obligationWord } from "./obligation-word.ts";
import { reviewPolicySchema, type ReviewPolicy } from "./review-policy.ts";

const capWord = (level: string | null): string => (level === null ? "keeps its level" : level);

export function entriesOfPolicy(policy: ReviewPolicy): Entry[] {
  const rules = policy.rules.flatMap(({ id, title, facts, class: changeClass, obligations }): Entry[] => [
    { label: id, text: title },
    { label: `${id} class`, text: changeClass, depth: 1 },
    ...facts.map((fact) => ({ label: `${id} fact`, text: fact, depth: 1 })),
    ...(obligations.length === 0 ? [{ label: `${id} asks`, text: "nothing", depth: 1 }] : obligations.map((obligation) => ({ label: `${id} asks`, text: obligationWord(obligation), depth: 1 }))),
  ]);
  return [
    ...rules,
    { label: "While a material change is open", text: capWord(policy.caps.material.running) },
    { label: "While a critical change is open", text: capWord(policy.caps.critical.running) },
    { label: "After an unreviewed change", text: policy.unreviewedChangeCap },
    { label: "Spot check", text: `one in ${policy.spotCheckOneIn}` },
    { label: "A change expires after", text: `${policy.expiresAfterDays} ${policy.expiresAfterDays === 1 ? "day" : "days"}` },
  ];
}

/** Null when it is not a policy that can be read. */
export function readPolicy(content: unknown): ReviewPolicy | null {
  const parsed = reviewPolicySchema.safeParse(content);
  return parsed.success ? parsed.data : null;
}
