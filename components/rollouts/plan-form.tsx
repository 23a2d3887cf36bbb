"use client";

import { useActionState } from "react";
import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { CheckField } from "@/components/ui/choice-field.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { AUTONOMY_STAGES, type AutonomyStage } from "@/lib/domain/authority-level.ts";
import { CANARY_APPROVERS, CANARY_METRIC_NAMES, CANARY_UNITS, defaultCanaryPlan, isHeldBack, isShareMetric, leastSameOf, type CanaryPlan, type MetricPlan, type StagePlan } from "@/lib/domain/canary-plan.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import { comparisonSentence } from "@/lib/domain/comparison-words.ts";
import type { FormAction, FormState } from "@/lib/server-action.ts";
import { approverWord } from "./rollout-words.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

interface PlanFormProps {
  rolloutId: string;
  revision: number;
  plan: CanaryPlan;
  versions: VersionNumbers;
  may: Answer;
  /** Whether it may be made weaker than the usual plan. */
  weaken: Answer;
  action: FormAction;
}

const UNIT_WORDS: Readonly<Record<(typeof CANARY_UNITS)[number], string>> = { task: "each task by itself", customer: "all tasks of a customer", session: "all tasks of a session" };
const OUTCOME_OPTIONS = [{ value: "any", label: "all, also what the agent says itself" }, { value: "reported", label: "those that were reported afterwards" }];
const WORSE_OPTIONS = [{ value: "roll_back", label: "roll back by itself" }, { value: "hold", label: "hold, a person decides" }];
const AFTER_OPTIONS = [{ value: "offer", label: "offer to take it back" }, { value: "compensate", label: "take it back by itself" }];

/** A number as somebody types it. */
const typed = (value: number): string => String(Math.round(value * 1e6) / 1e6);

type FieldOf = (name: string, value: string) => { name: string; defaultValue: string; error: string | undefined };

const fieldsOf = (state: FormState): FieldOf => (name, value) => ({
  name, defaultValue: state.status === "failed" ? (state.values?.[name] ?? "") : value, error: state.status === "failed" ? state.fields?.[name] : undefined,
});

/** Editable until the start. Shares are typed in percent. */
export function PlanForm({ rolloutId, revision, plan, versions, may, weaken, action }: PlanFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const field = fieldsOf(state);
  const isTicked = (name: string, value: boolean): boolean => (state.status === "failed" ? state.values?.[name] === "on" : value);
  const { taskLimits } = plan;
  const heldBack = comparisonSentence(plan, plan.stages.findIndex(({ stage }) => isHeldBack(plan, stage)), versions);
  return (
    <form action={send} key={revision}>
      <input type="hidden" name="rolloutId" value={rolloutId} />
      <input type="hidden" name="revision" value={revision} />
      <Card title="The plan" meta="from the re-review policy, editable until the start" id="plan">
        <CardBody className="plan-grid">
          <SelectField {...field("unit", plan.unit)} label="Given to a version" options={CANARY_UNITS.map((unit) => ({ value: unit, label: UNIT_WORDS[unit] }))} />
          <TextField {...field("newUnitsPerDay", plan.newUnitsPerDay === undefined ? "" : typed(plan.newUnitsPerDay))} label="New customers or sessions a day" inputMode="decimal" />
          <SelectField {...field("countedOutcomes", plan.countedOutcomes ?? "any")} label="Outcomes that count" options={OUTCOME_OPTIONS} />
          <TextField {...field("deadlineDays", typed(plan.deadlineDays))} label="Deadline, days" inputMode="numeric" required />
          <TextField {...field("noDataHours", typed(plan.noDataHours))} label="Hold without an outcome for, hours" inputMode="numeric" required />
          <SelectField {...field("onWorse", plan.onWorse)} label="When it is worse" options={WORSE_OPTIONS} />
          <SelectField {...field("onRollBack", plan.onRollBack)} label="After rolling back" options={AFTER_OPTIONS} />
          <TextField {...field("holdAt", typed(plan.holdAt))} label="Hold at evidence of" inputMode="decimal" required />
          <TextField {...field("rollBackAt", typed(plan.rollBackAt))} label="Roll back at evidence of" inputMode="decimal" required />
          <TextField {...field("leastSame", typed(leastSameOf(plan) * 100))} label="Shadow: begins with what was done in, % of tasks that act" inputMode="decimal" required />
          <TextField {...field("maxCalls", taskLimits.maxCalls === null ? "" : typed(taskLimits.maxCalls))} label="Most calls of one task (optional)" inputMode="numeric" />
          <TextField {...field("maxCostUsd", taskLimits.maxCostNanoUsd === null ? "" : typed(taskLimits.maxCostNanoUsd / 1e9))} label="Most cost of one task, USD, as far as prices are known (optional)" inputMode="decimal" />
        </CardBody>
        {AUTONOMY_STAGES.map((stage) => <StageFields key={stage} stage={stage} planned={plan.stages.find((one) => one.stage === stage)} field={field} isTicked={isTicked} />)}
        {heldBack !== null && <p className="plan-line dense text-pretty text-fg-2">{heldBack}</p>}
        {plan.metrics.map((planned) => <MetricFields key={planned.metric} planned={planned} field={field} isTicked={isTicked} />)}
        <CardFoot>
          <div className="grid gap-2">
            {!weaken.ok && <p className="dense text-pretty text-fg-2">{weaken.reason}</p>}
            <FormResult state={state} />
            <SubmitButton pendingLabel="Saving…" disabledReason={may.ok ? undefined : may.reason}>Save the plan and estimate</SubmitButton>
          </div>
        </CardFoot>
      </Card>
    </form>
  );
}

interface LineProps {
  field: FieldOf;
  isTicked: (name: string, value: boolean) => boolean;
}

/** What a stage starts with that the plan leaves out. */
const USUAL_STAGES: readonly StagePlan[] = defaultCanaryPlan("shadow").stages;

function StageFields({ stage, planned, field, isTicked }: LineProps & { stage: AutonomyStage; planned: StagePlan | undefined }) {
  const shown = planned ?? USUAL_STAGES.find((one) => one.stage === stage) ?? USUAL_STAGES[0];
  if (!shown) return null;
  const name = (key: string) => `stages.${stage}.${key}`;
  return (
    <fieldset className="plan-line">
      <legend className="sr-only">Stage {stage}</legend>
      <CheckField name={name("use")} defaultChecked={isTicked(name("use"), planned !== undefined)} label={<b className="font-semibold capitalize">{stage}</b>} detail={stage === "shadow" ? "The candidate recommends beside the current version; nothing executes." : undefined} />
      <div className="plan-grid">
        {stage !== "shadow" && <TextField {...field(name("exposures"), shown.exposures.map((share) => typed(share * 100)).join(", "))} label="Exposures, % of tasks" />}
        <TextField {...field(name("minimumTasks"), typed(shown.minimumTasks))} label="Tasks at least, each exposure" inputMode="numeric" required />
        <TextField {...field(name("minimumCoverage"), typed(shown.minimumCoverage * 100))} label="Outcomes known at least, %" inputMode="decimal" required />
        <TextField {...field(name("marginRatio"), typed(shown.marginRatio))} label="Largest ratio accepted" inputMode="decimal" required />
        <SelectField {...field(name("approver"), shown.approver)} label="Promoted by" options={CANARY_APPROVERS.map((approver) => ({ value: approver, label: approver === "nobody" ? "itself, on the evidence" : approverWord(approver) }))} />
      </div>
    </fieldset>
  );
}

function MetricFields({ planned, field, isTicked }: LineProps & { planned: MetricPlan }) {
  const { metric, weight, isGating, margin, band, tolerance } = planned;
  const name = (key: string) => `metrics.${metric}.${key}`;
  const isShare = isShareMetric(metric);
  const kinds = [{ value: "ratio", label: metric === "success" ? "times the failures" : "times the current version" }, ...(isShare ? [{ value: "points", label: "percentage points" }] : [])];
  return (
    <fieldset className="plan-line">
      <legend className="sr-only">{CANARY_METRIC_NAMES[metric]}</legend>
      <CheckField name={name("isGating")} defaultChecked={isTicked(name("isGating"), isGating)} label={<><b className="font-semibold">{CANARY_METRIC_NAMES[metric]}</b> must be proven not worse</>} />
      <div className="plan-grid">
        <TextField {...field(name("marginValue"), typed(margin.kind === "points" ? margin.value * 100 : margin.value))} label="Margin" inputMode="decimal" required />
        <SelectField {...field(name("marginKind"), margin.kind)} label="Margin in" options={kinds} />
        <TextField {...field(name("weight"), typed(weight))} label="Weight in the alarm" inputMode="decimal" required />
        {!isShare && <TextField {...field(name("tolerance"), tolerance === undefined ? "" : typed(tolerance * 100))} label="Rise that is no fault, %" inputMode="decimal" />}
        {isShare && <TextField {...field(name("bandLow"), band === null ? "" : typed(band.low * 100))} label="Never below, % (optional)" inputMode="decimal" />}
        {isShare && <TextField {...field(name("bandHigh"), band === null ? "" : typed(band.high * 100))} label="Never above, % (optional)" inputMode="decimal" />}
      </div>
    </fieldset>
  );
}
