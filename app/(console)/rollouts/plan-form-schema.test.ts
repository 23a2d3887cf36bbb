import { expect, it } from "vitest";
import { defaultCanaryPlan, type CanaryPlan } from "@/lib/domain/canary-plan.ts";
import { planFormSchema } from "./plan-form-schema.ts";

const plan = defaultCanaryPlan("assisted");

/** As the form sends the plan when nobody changed it. */
function typed({ stages, metrics, taskLimits, leastSame, ...rest }: CanaryPlan): Record<string, unknown> {
  const text = (value: number): string => String(Math.round(value * 1e6) / 1e6);
  return {
    rolloutId: "ro_1", revision: "3", ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)])),
    ...(leastSame === undefined ? {} : { leastSame: text(leastSame * 100) }), ...(taskLimits.maxCalls === null ? {} : { maxCalls: text(taskLimits.maxCalls) }), ...(taskLimits.maxCostNanoUsd === null ? {} : { maxCostUsd: text(taskLimits.maxCostNanoUsd / 1e9) }),
    stages: Object.fromEntries(stages.map((stage) => [stage.stage, {
      use: "on", exposures: stage.exposures.map((share) => text(share * 100)).join(", "), minimumTasks: text(stage.minimumTasks), minimumCoverage: text(stage.minimumCoverage * 100), approver: stage.approver, marginRatio: text(stage.marginRatio),
    }])),
    metrics: Object.fromEntries(metrics.map(({ metric, weight, isGating, margin, band, tolerance }) => [metric, {
      weight: text(weight), ...(isGating ? { isGating: "on" } : {}), marginKind: margin.kind, marginValue: text(margin.kind === "points" ? margin.value * 100 : margin.value), ...(tolerance === undefined ? {} : { tolerance: text(tolerance * 100) }), ...(band ? { bandLow: text(band.low * 100), bandHigh: text(band.high * 100) } : {}),
    }])),
  };
}

const faultsOf = (form: unknown): Record<string, string> => Object.fromEntries((planFormSchema.safeParse(form).error?.issues ?? []).map(({ path, message }) => [path.join("."), message]));

/** The form with one field typed differently. */
function withField(name: string, value: unknown): Record<string, unknown> {
  const form = structuredClone(typed(plan));
  const path = name.split(".");
  const last = path.pop() ?? "";
  let target = form;
  for (const part of path) target = target[part] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return form;
}

it("gives back the plan that it was filled with", () => {
  expect(planFormSchema.parse(typed(plan))).toEqual({ rolloutId: "ro_1", revision: 3, plan });
  const other: CanaryPlan = { ...defaultCanaryPlan("shadow"), onWorse: "hold", onRollBack: "compensate", taskLimits: { maxCalls: 40, maxCostNanoUsd: 250_000_000 }, unit: "customer", newUnitsPerDay: 12.5, leastSame: 0.955, countedOutcomes: "reported" };
  other.metrics = other.metrics.map((metric) => (metric.metric === "escalation" ? { ...metric, band: { low: 0.02, high: 0.3 } } : metric));
  expect(planFormSchema.parse(typed(other)).plan).toEqual(other);
});

it.each([["10, 25, 50"], ["10 25 50"], ["10 %, 25 %, 50 %"], ["10;25;50"]])("reads exposures typed as %s", (text) => {
  expect(planFormSchema.parse(withField("stages.partial.exposures", text)).plan.stages.find(({ stage }) => stage === "partial")?.exposures).toEqual([0.1, 0.25, 0.5]);
});

it("leaves out a stage that is not ticked", () => {
  expect(planFormSchema.parse(withField("stages.bounded.use", undefined)).plan.stages.map(({ stage }) => stage)).toEqual(["assisted", "partial"]);
});

it.each([
  ["stages.partial.exposures", "10, 100", "stages.partial.exposures", "control"],
  ["stages.partial.exposures", "ten", "stages.partial.exposures", ""],
  ["stages.partial.exposures", "", "stages.partial.exposures", "exposures"],
  ["metrics.latency.marginValue", "1", "metrics.latency.marginValue", "ratio 1"],
  ["metrics.violations.marginValue", "0", "metrics.violations.marginValue", "margin of 0"],
  ["metrics.success.bandLow", "120", "metrics.success.bandLow", ""],
  ["deadlineDays", "400", "deadlineDays", ""],
  ["rollBackAt", "3", "rollBackAt", "less evidence"],
  ["leastSame", "100", "leastSame", "99 %"],
  ["maxCalls", "0", "maxCalls", ""],
  ["newUnitsPerDay", "0", "newUnitsPerDay", ""],
  ["countedOutcomes", "mine", "countedOutcomes", ""],
  ["maxCostUsd", "a lot", "maxCostUsd", "A number"],
])("%s = %s is refused at its own field", (name, value, field, words) => {
  expect(faultsOf(withField(name, value))[field]).toContain(words);
});
