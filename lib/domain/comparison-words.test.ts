import { describe, expect, test } from "vitest";
import { defaultCanaryPlan } from "./canary-plan.ts";
import { comparisonSentence } from "./comparison-words.ts";

describe("a candidate below the stage of the current version", () => {
  const numbers = { current: 3, candidate: 4 };
  const plan = defaultCanaryPlan("shadow", "partial");

  test("is said to be held back, and from when on all is compared", () => {
    expect(comparisonSentence({ ...plan, actsAt: "partial" }, 1, numbers)).toBe("At assisted writes of version 4 are held, while version 3 acts at partial: that makes 4 slower and lets it escalate more; latency and escalation are compared from partial on.");
    expect(comparisonSentence({ ...plan, actsAt: "bounded" }, 1, numbers)).toMatch(/compared from partial on, the last stage\.$/);
    expect(comparisonSentence({ ...plan, actsAt: "bounded" }, 2, numbers)).toMatch(/compared nevertheless, because no stage follows\.$/);
  });

  test.each([[plan, 1], [{ ...plan, actsAt: "assisted" as const }, 1], [{ ...plan, actsAt: "partial" as const }, 2], [{ ...plan, actsAt: "partial" as const }, 9]])("is not spoken of where both act alike", (one, stageIndex) => {
    expect(comparisonSentence(one, stageIndex, numbers)).toBeNull();
  });
});

test("in shadow what is compared ends where the candidate is refused its first call", () => {
  expect(comparisonSentence({ ...defaultCanaryPlan("shadow", "partial"), actsAt: "partial" }, 0, { current: 3, candidate: 4 })).toMatch(/^In shadow the first call with an effect is refused to version 4, .* version 3 sees\. Compared are that call,/);
});
