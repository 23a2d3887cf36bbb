import { expect, it } from "vitest";
import { assisted, judged, taskOf, usualValues } from "../testing/judged-arms.ts";
import { notShownAsCorrected } from "./corrected-evidence.ts";
import type { JudgedTask } from "./judge-canary.ts";

const TASKS = 4_000;

/** As `judged` gives them to the judge; the candidate's failures and escalations so many times as many. */
const tasksWith = ({ success = 1, escalation = 1 }: { success?: number; escalation?: number } = {}): JudgedTask[] =>
  Array.from({ length: TASKS }, (_, index) => taskOf({ arm: index % 2 === 0 ? "current" : "candidate", values: usualValues(Math.floor(index / 2), index % 2 === 0 ? {} : { success, escalation }) }));

it("finds what the outcomes as they were first told do not show", () => {
  const learned = judged(TASKS);
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith() })).toBeNull();
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ success: 1.5 }) })).toBe("success");
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ escalation: 3 }) })).toBe("escalation");
  expect(notShownAsCorrected(learned, assisted, { stageIndex: 0, tasks: tasksWith({ escalation: 0.3 }) })).toBe("escalation");
});

it("asks only for what decides, and changes nothing that was learned", () => {
  const learned = judged(TASKS);
  const before = structuredClone(learned);
  const plan = { ...assisted, metrics: assisted.metrics.map((metric) => ({ ...metric, isGating: metric.metric === "action_errors" })) };
  expect(notShownAsCorrected(learned, plan, { stageIndex: 0, tasks: tasksWith({ success: 3 }) })).toBeNull();
  expect(learned).toEqual(before);
});
