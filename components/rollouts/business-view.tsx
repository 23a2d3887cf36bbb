import { Card } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { type CanaryMetric, CANARY_METRIC_NAMES, type CanaryPlan, marginIn } from "@/lib/domain/canary-plan.ts";
import type { CanaryVerdict, MetricVerdict } from "@/lib/domain/judge-canary.ts";
import { marginWords, quantileWord } from "@/lib/domain/verdict-words.ts";
import { formatMetric } from "./rollout-words.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

const WORDS: Readonly<Record<MetricVerdict["verdict"], { word: string; kind: StatusKind; means: (margin: string | null) => string }>> = {
  worse: { word: "special cause, worse", kind: "critical", means: () => "It got worse because of the new version." },
  better: { word: "special cause, better", kind: "proven", means: () => "It got better because of the new version." },
  not_worse: { word: "within its usual range", kind: "met", means: (margin) => `Shown with both versions at the same time: not ${margin ?? "worse"}. A smaller difference is not ruled out.` },
  cannot_tell: { word: "not enough data", kind: "unknown", means: () => "Nothing can be said yet; this is not a pass." },
};

/** The same verdict in the words of a control chart. */
export function BusinessView({ verdict, versions, plan, stageIndex }: { verdict: CanaryVerdict; versions: VersionNumbers; plan: CanaryPlan; stageIndex: number }) {
  const stage = plan.stages[stageIndex];
  const marginOf = (metric: CanaryMetric): string | null => {
    const planned = plan.metrics.find((one) => one.metric === metric);
    return planned && stage ? marginWords(metric, marginIn(planned, stage)) : null;
  };
  const escapes = escapesOf(verdict);
  return (
    <Card title="In short" meta={`version ${versions.candidate} against ${versions.current}, at the same time`}>
      <Rows>
        {verdict.metrics.map((metric) => {
          const { word, kind, means } = WORDS[metric.verdict];
          const read = (arm: MetricVerdict["current"]) => formatMetric(metric.metric, arm.rate ?? arm.amount?.value ?? null);
          const statistic = statisticOf(metric);
          return (
            <Row
              key={metric.metric} title={`${CANARY_METRIC_NAMES[metric.metric]}: ${word}`} mark={kind} detail={`${means(marginOf(metric.metric))}${statistic === null || metric.verdict === "cannot_tell" ? "" : ` Judged by all its tasks, not by the ${statistic}.`}`}
              aside={<span className="dense num">{statistic !== null && <span className="text-fg-3">{statistic} </span>}{read(metric.candidate)} <span className="text-fg-3">against {read(metric.current)}</span></span>}
            />
          );
        })}
        <Row title="Forbidden actions that took effect" mark={escapes.kind} detail="One is enough to end the rollout." aside={<StatusMark kind={escapes.kind}>{escapes.word}</StatusMark>} />
      </Rows>
    </Card>
  );
}

/** Of an amount: which figure of its tasks it is. */
function statisticOf({ current, candidate }: MetricVerdict): string | null {
  const amount = candidate.amount ?? current.amount;
  return amount === null ? null : quantileWord(amount.quantile);
}

/** Where the gate was asked nothing, only a report could tell. */
function escapesOf({ escaped, metrics }: CanaryVerdict): { word: string; kind: StatusKind } {
  if (escaped.candidate > 0) return { word: String(escaped.candidate), kind: "critical" };
  const isKnown = metrics.some(({ metric, candidate }) => metric === "violations" && candidate.known > 0);
  return isKnown ? { word: "none", kind: "met" } : { word: "none reported", kind: "unknown" };
}
