import fc from "fast-check";
import { expect, test } from "vitest";
import { proposeTier, TIER_QUESTIONS, type TierAnswers, type TierQuestionId } from "./tier-guide.ts";

const allNo: TierAnswers = Object.fromEntries(TIER_QUESTIONS.map(({ id }) => [id, false]));

test.each<[string, TierAnswers, number, string]>([
  ["nothing risky", allNo, 2, "can be undone inside the house"],
  ["nothing risky, but unasked", { ...allNo, acts_unasked: true }, 2, "set its limits and its budget first"],
  ["money", { ...allNo, moves_money: true }, 1, "It moves money"],
  ["access", { ...allNo, changes_access: true }, 1, "access"],
  ["legal terms", { ...allNo, changes_legal_terms: true }, 1, "legal terms"],
  ["customer-facing truth", { ...allNo, tells_customers: true }, 1, "Customers rely"],
  ["hard to reverse", { ...allNo, hard_to_reverse: true }, 1, "hard to reverse"],
  ["external tools", { ...allNo, external_tools: true }, 1, "outside the house"],
  ["one question open", { ...allNo, external_tools: null }, 0, "One question is not answered yet"],
  ["nothing answered", {}, 0, "7 questions are not answered yet"],
])("%s", (_, answers, tier, sentence) => {
  const proposal = proposeTier(answers);
  expect(proposal.tier).toBe(tier);
  expect(proposal.because.join(" ")).toContain(sentence);
});

test("every question can be asked, and a yes never raises the tier", () => {
  const ids: TierQuestionId[] = TIER_QUESTIONS.map(({ id }) => id);
  const answers = fc.record(Object.fromEntries(ids.map((id) => [id, fc.option(fc.boolean())])));
  fc.assert(
    fc.property(answers, fc.constantFrom(...ids), (some: TierAnswers, id) => {
      const yes = proposeTier({ ...some, [id]: true });
      const no = proposeTier({ ...some, [id]: false });
      expect(yes.tier).toBeLessThanOrEqual(no.tier);
      expect(yes.because.length).toBeGreaterThan(0);
    }),
  );
});
