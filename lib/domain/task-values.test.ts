import { expect, test } from "vitest";
import { exclusionOf, taskValuesOf, type AssignedRun, type RunFacts } from "./task-values.ts";

const run: RunFacts = {
  outcome: "success", isEscalated: false, actionErrors: 0, toolCalls: 3, performedCalls: 2, consequentialCalls: 1, askedCalls: 3, hasPolicy: true, violations: 0, startedAtMs: 1_000, endedAtMs: 3_500, costNanoUsd: 1_200_000,
};

test("a run in figures", () => {
  expect(taskValuesOf(run)).toEqual({ action_errors: 0, success: 1, escalation: 0, violations: 0, latency: 2_500, cost: 1_200_000 });
  expect(taskValuesOf({ ...run, outcome: "failure", isEscalated: true, actionErrors: 3, violations: 2 })).toEqual({ action_errors: 1, success: 0, escalation: 1, violations: 1, latency: 2_500, cost: 1_200_000 });
});

test("what is not known stays unknown", () => {
  expect(taskValuesOf({ ...run, outcome: null, costNanoUsd: null, endedAtMs: 500 })).toEqual({ action_errors: 0, success: null, escalation: 0, violations: 0, latency: null, cost: null });
});

test.each<[string, Partial<RunFacts>, object]>([
  ["whose telemetry shows no call that the gate permitted", { toolCalls: 0, performedCalls: 1 }, { action_errors: null, escalation: null }],
  ["whose telemetry lacks one of the actions", { toolCalls: 1, actionErrors: 1, isEscalated: true }, { action_errors: null, escalation: null }],
  ["that called nothing", { toolCalls: 0, performedCalls: 0, consequentialCalls: 0, askedCalls: 0 }, { action_errors: 0, escalation: 0, violations: 0 }],
  ["whose calls the gate was never asked about", { askedCalls: 0, performedCalls: 0 }, { action_errors: 0, violations: null }],
  ["without a policy that it could break", { askedCalls: 0, performedCalls: 0, hasPolicy: false }, { violations: 0 }],
  ["that only read, and was never asked about", { askedCalls: 0, performedCalls: 0, consequentialCalls: 0 }, { violations: 0 }],
  ["whose lost spans hide nothing of what the gate refused", { toolCalls: 0, consequentialCalls: 0, violations: 2 }, { action_errors: null, violations: 1 }],
])("a run %s", (_title, given, values) => {
  expect(taskValuesOf({ ...run, ...given })).toMatchObject(values);
});

const assigned: AssignedRun = { assignedAt: new Date(1_000), receivedAt: new Date(1_000), expectedVersionId: "av_1", versionId: "av_1", hasMovedUnit: false };

test.each<[string, Partial<AssignedRun>, string | null]>([
  ["as it was assigned", {}, null],
  ["heard of before it was assigned", { receivedAt: new Date(999) }, "early"],
  ["done by the other version", { versionId: "av_2" }, "crossed"],
  ["done by nobody knows which", { versionId: null }, "crossed"],
  ["of a customer that the other version served", { hasMovedUnit: true }, "moved_unit"],
])("a task %s", (_title, given, exclusion) => {
  expect(exclusionOf({ ...assigned, ...given })).toBe(exclusion);
});
