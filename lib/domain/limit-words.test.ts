import { expect, it } from "vitest";
import type { LimitState } from "./forecast-spend.ts";
import { limitSentence, whyUnknown } from "./limit-words.ts";

const agents = (...states: LimitState[]) => states.map((state) => ({ limit: { state, days: null, why: null }, errors: "within its usual range", escalations: "not enough data" }) as const);

it.each<[LimitState[], string]>([
  [["inside"], "The agent is inside its budget."],
  [["inside", "inside"], "All 2 agents are inside their budgets."],
  [["over"], "0 of 1 agent is inside its budget: 1 is over."],
  [["inside", "over", "over", "reaches", "may_reach", "cannot_tell"], "1 of 6 agents are inside their budgets: 2 are over, 2 will or may reach it this month, unknown for 1."],
  [["cannot_tell", "cannot_tell"], "0 of 2 agents are inside their budgets: unknown for 2."],
])("says of %j: %s", (states, sentence) => {
  expect(limitSentence(agents(...states))).toBe(sentence);
});

it("says which rates are worse than usual", () => {
  const [calm, ...rest] = agents("inside", "inside");
  expect(limitSentence([{ ...calm!, escalations: "special cause, worse" }, ...rest])).toBe("All 2 agents are inside their budgets. 1 has worse rates than usual.");
});

it("says why nothing can be told, and nothing where it can", () => {
  expect(whyUnknown({ state: "cannot_tell", days: null, why: "other_currency" })).toBe("the budget is not in USD, costs are");
  expect(whyUnknown({ state: "inside", days: 3, why: null })).toBeNull();
});
