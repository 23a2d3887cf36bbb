// What is an obligation called, and who can meet it?

import { SUITE_NAMES, type Obligation, type ReviewRole } from "./review-policy.ts";
import { ROLE_NAMES } from "./roles.ts";

export const reviewRoleName = (role: ReviewRole): string => (role === "any_reviewer" ? "One of the owners" : ROLE_NAMES[role]);

export function obligationWord(obligation: Obligation): string {
  if (obligation.kind === "canary") return `Canary from ${obligation.from}`;
  return obligation.kind === "review" ? reviewRoleName(obligation.role) : SUITE_NAMES[obligation.suite];
}
