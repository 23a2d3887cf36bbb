import { Card, CardBody } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { CANARY_METRIC_NAMES, isShareMetric, leastSameOf, marginIn, type CanaryMargin, type CanaryMetric, type CanaryPlan } from "@/lib/domain/canary-plan.ts";
import { formatCount, formatNumber, formatPercent } from "@/lib/format.ts";

/** What was agreed before the start; it stays as it is. */
export function PlanSummary({ plan, stageIndex }: { plan: CanaryPlan; stageIndex: number }) {
  const stage = plan.stages[stageIndex] ?? plan.stages[0];
  const limits = [
    ...(plan.taskLimits.maxCalls === null ? [] : [formatCount(plan.taskLimits.maxCalls, "call")]), ...(plan.taskLimits.maxCostNanoUsd === null ? [] : [`${formatNumber(plan.taskLimits.maxCostNanoUsd / 1e9, 2)} USD`]),
  ];
  return (
    <Card title="The plan" meta="as it was at the start">
      <CardBody>
        <KeyValue
          items={[
            { label: "Given to a version", value: `each ${plan.unit}` },
            { label: "When it is worse", value: `${plan.onWorse === "roll_back" ? `held at ${plan.holdAt}, rolled back at ${plan.rollBackAt}` : `held at ${plan.holdAt}`}` },
            { label: "Outcomes that count", value: plan.countedOutcomes === "reported" ? "those that were reported afterwards" : "all, also what the agent says itself" },
            { label: "Outcomes known", value: stage ? `at least ${formatPercent(stage.minimumCoverage)}` : "" },
            { label: "Without an outcome", value: `held after ${plan.noDataHours} h` },
            ...(plan.stages[0]?.stage === "shadow" ? [{ label: "In shadow", value: leastSameOf(plan) === 0 ? "may recommend anything" : `begins with what was done in more than ${formatPercent(leastSameOf(plan))}` }] : []),
            { label: "One task", value: limits.length === 0 ? "no limit" : `at most ${limits.join(" and ")}` },
            ...(stage ? plan.metrics.map((metric) => ({ label: CANARY_METRIC_NAMES[metric.metric], value: `${marginWord(metric.metric, marginIn(metric, stage))}${metric.isGating ? "" : ", does not gate"}` })) : []),
          ]}
        />
      </CardBody>
    </Card>
  );
}

/** Of an amount it is how often tasks are large, and not how large they are. */
const marginWord = (metric: CanaryMetric, { kind, value }: CanaryMargin): string =>
  kind === "ratio" ? `up to ${formatNumber(value, 2)} times${isShareMetric(metric) ? "" : " as many large ones"}` : `within ${formatNumber(value * 100, 1)} points`;
