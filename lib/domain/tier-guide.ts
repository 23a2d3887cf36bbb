// Which control tier fits an agent? Questions for its business owner, and the tier that the answers allow.

import type { ControlTier } from "./authority-level.ts";

export const TIER_QUESTIONS = [
  { id: "moves_money", question: "Does it move money?", explanation: "Payments, refunds, credits, orders, invoices: anything that changes who owes what." },
  { id: "changes_access", question: "Does it change who has access?", explanation: "Accounts, roles, passwords, keys, permissions." },
  { id: "changes_legal_terms", question: "Does it change legal terms?", explanation: "Contracts, consents, prices that were agreed, deadlines." },
  { id: "tells_customers", question: "Does it state facts to customers?", explanation: "What it says, customers may rely on, and hold against you." },
  { id: "hard_to_reverse", question: "Is anything it does hard to reverse?", explanation: "Sent messages, deleted data, shipped goods, restarted systems." },
  { id: "external_tools", question: "Does it use tools outside your house?", explanation: "Tools that others run can change without telling you." },
  { id: "acts_unasked", question: "Does it act without being asked?", explanation: "By schedule or by event, with nobody waiting for its answer." },
] as const;
export type TierQuestionId = (typeof TIER_QUESTIONS)[number]["id"];

export type TierAnswers = { readonly [id in TierQuestionId]?: boolean | null | undefined };

export interface TierProposal {
  tier: ControlTier;
  because: string[];
  unanswered: TierQuestionId[];
}

const NEEDS_A_PERSON: readonly [TierQuestionId, string][] = [
  ["moves_money", "It moves money, so a person approves its actions."],
  ["changes_access", "It changes who has access, so a person approves its actions."],
  ["changes_legal_terms", "It changes legal terms, so a person approves its actions."],
  ["tells_customers", "Customers rely on what it says, so a person approves its actions."],
  ["hard_to_reverse", "Some of its actions are hard to reverse, so a person approves them first."],
  ["external_tools", "It uses tools outside the house, so a person approves its actions."],
];

/** A proposal; the business owner decides. An open question is a risk nobody has looked at, so nothing above 0 is proposed then. */
export function proposeTier(answers: TierAnswers): TierProposal {
  const unanswered = TIER_QUESTIONS.map(({ id }) => id).filter((id) => typeof answers[id] !== "boolean");
  const reasons = NEEDS_A_PERSON.filter(([id]) => answers[id] === true).map(([, sentence]) => sentence);
  if (unanswered.length > 0) {
    const count = unanswered.length === 1 ? "One question is" : `${unanswered.length} questions are`;
    return { tier: 0, because: [`${count} not answered yet, so it only suggests.`, ...reasons], unanswered };
  }
  if (reasons.length > 0) return { tier: 1, because: reasons, unanswered };
  const because = ["Nothing it does touches money, access, legal terms or customers, and all of it can be undone inside the house."];
  // No answer forbids it, but nobody is there to notice: the limits are then the only brake.
  if (answers.acts_unasked === true) because.push("It acts without being asked, so set its limits and its budget first.");
  return { tier: 2, because, unanswered };
}
