import { expect, it } from "vitest";
import { assisted, judged, taskOf, usualValues } from "../testing/judged-arms.ts";
import type { CanaryMetric } from "./canary-plan.ts";
import { notShownAsCorrected } from "./corrected-evidence.ts";
import type { JudgedTask } from "./judge-canary.ts";

const TASKS = 4_000;

/** As `judged` gives them to the judge; of the candidate some of them so many times as many, or as much. */
const tasksWith = (changed: Partial<Record<CanaryMetric, number>> = {}): JudgedTask[] =>
  Array.from({ length: TASKS }, (_, index) => taskOf({ arm: index % 2 === 0 ? "current" : "candidate", values: usualValues(Math.floor(index / 2), index % 2 === 0 ? {} : changed) }));

it("finds what the outcomes as they were first told do not show", () => {
  const learned = judged(TASKS);
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith() })).toBeNull();
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ success: 1.5 }) })).toBe("success");
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ escalation: 3 }) })).toBe("escalation");
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ escalation: 0.3 }) })).toBe("escalation");
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ action_errors: 4 }) })).toBe("action_errors");
});

it.each(["latency", "cost"] as const)("finds it of an amount: %s", (metric) => {
  const plan = { ...assisted, metrics: assisted.metrics.map((one) => ({ ...one, isGating: one.metric === metric })) };
  const learned = judged(TASKS, { plan });
  expect(notShownAsCorrected(learned, plan, { stageIndex: 0, tasks: tasksWith() })).toBeNull();
  expect(notShownAsCorrected(learned, plan, { stageIndex: 0, tasks: tasksWith({ [metric]: 4 }) })).toBe(metric);
});

it("asks only for what decides, and changes nothing that was learned", () => {
  const learned = judged(TASKS);
  const before = structuredClone(learned);
  const plan = { ...assisted, metrics: assisted.metrics.map((metric) => ({ ...metric, isGating: metric.metric === "action_errors" })) };
  expect(notShownAsCorrected(learned, plan, { stageIndex: 0, tasks: tasksWith({ success: 3 }) })).toBeNull();
  expect(learned).toEqual(before);
});
