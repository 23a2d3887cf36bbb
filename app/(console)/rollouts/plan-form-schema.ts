import { z } from "zod";
import { AUTONOMY_STAGES } from "@/lib/domain/authority-level.ts";
import { CANARY_METRICS, canaryPlanSchema, type CanaryPlan } from "@/lib/domain/canary-plan.ts";

const number = z.string("A number is needed.").refine((text) => /^-?\d+([.,]\d+)?$/.test(text.trim()), "A number, for instance 3 or 2.5.").transform((text) => Number(text.trim().replace(",", ".")));
const optionalNumber = number.optional();

const stage = z.object({
  use: z.literal("on").optional(), exposures: z.string().max(200).default(""), minimumTasks: number, minimumCoverage: number, approver: z.string(), marginRatio: number,
});
const metric = z.object({ weight: number, isGating: z.literal("on").optional(), marginKind: z.enum(["ratio", "points"]), marginValue: number, bandLow: optionalNumber, bandHigh: optionalNumber, tolerance: optionalNumber });

const fields = z.object({
  rolloutId: z.string().min(1).max(100), revision: z.coerce.number().int(), unit: z.string(), deadlineDays: number, noDataHours: number, holdAt: number, rollBackAt: number, onWorse: z.string(), onRollBack: z.string(),
  maxCalls: optionalNumber, maxCostUsd: optionalNumber,
  newUnitsPerDay: optionalNumber, leastSame: optionalNumber, countedOutcomes: z.string().default("any"),
  stages: z.partialRecord(z.enum(AUTONOMY_STAGES), stage), metrics: z.partialRecord(z.enum(CANARY_METRICS), metric),
});
type Fields = z.output<typeof fields>;

/** "10, 25, 50" or "10 25 50 %". What cannot be read becomes NaN, which the plan refuses. */
const exposuresOf = (text: string): number[] => text.replaceAll("%", " ").split(/[\s,;]+/).filter((part) => part !== "").map((part) => Number(part) / 100);

const usedStages = (stages: Fields["stages"]) => AUTONOMY_STAGES.flatMap((name) => {
  const one = stages[name];
  return one?.use === "on" ? [{ name, one }] : [];
});

const plannedMetrics = (metrics: Fields["metrics"]) => CANARY_METRICS.flatMap((name) => {
  const one = metrics[name];
  return one ? [{ name, one }] : [];
});

/** Shares are typed in percent, and a metric's margin in percentage points or as a ratio. */
function planOf(form: Fields): unknown {
  const { unit, deadlineDays, noDataHours, holdAt, rollBackAt, onWorse, onRollBack, maxCalls, maxCostUsd, newUnitsPerDay, leastSame, countedOutcomes } = form;
  return {
    unit, deadlineDays, noDataHours, holdAt, rollBackAt, onWorse, onRollBack, ...(countedOutcomes === "any" ? {} : { countedOutcomes }), ...(newUnitsPerDay === undefined ? {} : { newUnitsPerDay }), ...(leastSame === undefined ? {} : { leastSame: Math.round(leastSame * 1e4) / 1e6 }),
    stages: usedStages(form.stages).map(({ name, one }) => ({
      stage: name, exposures: name === "shadow" ? [] : exposuresOf(one.exposures), minimumTasks: one.minimumTasks, minimumCoverage: one.minimumCoverage / 100, approver: one.approver, marginRatio: one.marginRatio,
    })),
    metrics: plannedMetrics(form.metrics).map(({ name, one: { weight, isGating, marginKind, marginValue, bandLow, bandHigh, tolerance } }) => ({
      metric: name, weight, isGating: isGating === "on", margin: { kind: marginKind, value: marginKind === "points" ? marginValue / 100 : marginValue },
      ...(tolerance === undefined ? {} : { tolerance: tolerance / 100 }),
      band: bandLow === undefined && bandHigh === undefined ? null : { low: (bandLow ?? 0) / 100, high: (bandHigh ?? 100) / 100 },
    })),
    taskLimits: { maxCalls: maxCalls ?? null, maxCostNanoUsd: maxCostUsd === undefined ? null : Math.round(maxCostUsd * 1e9) },
  };
}

const FIELD_OF: Readonly<Record<string, string>> = { margin: "marginValue", band: "bandLow" };

/** Under which name the form shows a problem of the plan. */
function fieldOf(path: readonly PropertyKey[], form: Fields): string[] {
  const [top, index, key] = path;
  const name = typeof index !== "number" ? undefined : top === "stages" ? usedStages(form.stages)[index]?.name : top === "metrics" ? plannedMetrics(form.metrics)[index]?.name : undefined;
  if (name !== undefined) return [String(top), name, key === undefined ? (top === "stages" ? "exposures" : "marginValue") : (FIELD_OF[String(key)] ?? String(key))];
  if (top === "taskLimits") return [index === "maxCostNanoUsd" ? "maxCostUsd" : "maxCalls"];
  return [String(top ?? "plan")];
}

/** The plan as the form sends it, read into the plan as it is stored; problems keep the name of their field. */
export const planFormSchema = fields.transform((form, context): { rolloutId: string; revision: number; plan: CanaryPlan } => {
  const read = canaryPlanSchema.safeParse(planOf(form));
  if (read.success) return { rolloutId: form.rolloutId, revision: form.revision, plan: read.data };
  for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", message, path: fieldOf(path, form) });
  return z.NEVER;
});
