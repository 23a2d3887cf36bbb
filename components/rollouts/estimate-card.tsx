import { Card, CardBody } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Time } from "@/components/ui/time.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import type { CanaryPlan } from "@/lib/domain/canary-plan.ts";
import { escalationBandSentence } from "@/lib/domain/escalation-band.ts";
import type { CanaryEstimate, StageEstimate, TrafficFacts } from "@/lib/domain/plan-canary.ts";
import { formatCount, formatNumber } from "@/lib/format.ts";
import { metricInSentence } from "@/lib/domain/verdict-words.ts";

interface EstimateCardProps {
  plan: CanaryPlan;
  estimate: CanaryEstimate;
  traffic: TrafficFacts;
  now: Date;
}

const days = (value: number | null): string => (value === null ? "cannot tell" : value < 1 ? `${Math.max(1, Math.round(value * 24))} h` : formatCount(Math.ceil(value), "day"));

const columns: readonly Column<StageEstimate>[] = [
  { key: "stage", header: "Stage", cell: ({ stage }) => stage },
  { key: "days", header: "Time", align: "right", priority: 2, cell: (row) => days(row.days) },
  { key: "tasks", header: "Tasks of the candidate", align: "right", cell: ({ tasks }) => (tasks === null ? "cannot tell" : formatNumber(tasks)) },
  { key: "slowest", header: "Takes longest", cell: (row) => slowest(row) },
  { key: "doubling", header: "Sees errors double after", align: "right", cell: ({ metrics }) => doubling(metrics) },
];

function slowest({ metrics, tasks }: StageEstimate): string {
  const gating = metrics.filter(({ isGating, tasksToConclude }) => isGating && tasksToConclude !== null).toSorted((a, b) => (b.tasksToConclude ?? 0) - (a.tasksToConclude ?? 0))[0];
  if (!gating || tasks === null) return "cannot tell";
  return (gating.tasksToConclude ?? 0) < tasks ? "the tasks asked for" : metricInSentence(gating.metric);
}

function doubling(metrics: StageEstimate["metrics"]): string {
  const tasks = metrics.find(({ metric }) => metric === "action_errors")?.tasksToSeeDoubling ?? null;
  return tasks === null ? "cannot tell" : formatCount(tasks, "task");
}

/** Before the start: whether the canary can come to an end at all, and what it takes. */
export function EstimateCard({ plan, estimate, traffic, now }: EstimateCardProps) {
  const perDay = (value: number): string => formatNumber(value, value < 10 ? 1 : 0);
  const units = plan.unit === "task" || plan.newUnitsPerDay === undefined ? "" : `, ${perDay(plan.newUnitsPerDay)} new ${plan.unit}s`;
  const pace = `${perDay(traffic.tasksPerDay)} tasks a day with an outcome${plan.countedOutcomes === "reported" ? " that was reported" : ""}${units}`;
  const band = escalationBandSentence(plan);
  return (
    <Card title="What it will take" meta={pace} id="estimate">
      <CardBody className="grid gap-3">
        {estimate.canConclude && estimate.endsAt !== null
          ? <Verdict size="lead" detail="If nothing changed for the worse, and every promotion comes at once. The true number scatters around it.">About {days(estimate.days)}, until <Time at={estimate.endsAt} show="day" now={now} />.</Verdict>
          : (
            <FormMessage kind="error" title="This canary cannot conclude, so it is not started.">
              <ul className="list-disc pl-4">{estimate.refusals.map((refusal) => <li key={refusal}>{refusal}</li>)}</ul>
            </FormMessage>
          )}
        <DataTable caption="Tasks and time by stage" columns={columns} rows={estimate.stages} rowKey={({ stage }) => stage} isPlain />
        {band !== null && <p className="dense text-pretty text-fg-2">{band}</p>}
      </CardBody>
    </Card>
  );
}
