import { Card, CardBody } from "@/components/ui/card.tsx";
import { CANARY_METRIC_NAMES, isGatingIn, PROMOTE_AT, type CanaryPlan } from "@/lib/domain/canary-plan.ts";
import type { CanaryVerdict } from "@/lib/domain/judge-canary.ts";
import { verdictMathematics } from "@/lib/domain/verdict-mathematics.ts";
import { explainMetric, explainVerdict, metricInSentence } from "@/lib/domain/verdict-words.ts";
import { formatNumber } from "@/lib/format.ts";
import { FormulaTable } from "./formula-table.tsx";

interface ExplanationCardProps {
  verdict: CanaryVerdict;
  plan: CanaryPlan;
  stageIndex: number;
}

/** Plain words first; the numbers behind them for whoever wants to check. */
export function ExplanationCard({ verdict, plan, stageIndex }: ExplanationCardProps) {
  return (
    <Card title="Why this verdict">
      <CardBody className="grid gap-3">
        <div className="grid max-w-[80ch] gap-1 text-pretty">{explainVerdict(verdict, plan).map((sentence) => <p key={sentence}>{sentence}</p>)}</div>
        <ul className="grid max-w-[96ch] gap-1.5 text-dense text-fg-2">
          {verdict.metrics.map((metric) => <li key={metric.metric} className="text-pretty">{explainMetric(metric, plan, stageIndex).join(" ")}</li>)}
        </ul>
        <details>
          <summary className="dense">Show the mathematics</summary>
          <Mathematics verdict={verdict} plan={plan} stageIndex={stageIndex} />
        </details>
      </CardBody>
    </Card>
  );
}

/** An e-value as somebody reads it. */
function evidence(value: number): string {
  if (value >= 1e6) return value.toExponential(1);
  return formatNumber(value, value < 10 ? 2 : 0);
}

function Mathematics({ verdict, plan, stageIndex }: ExplanationCardProps) {
  const stage = plan.stages[stageIndex];
  return (
    <div className="mt-2 grid gap-3">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Evidence by metric">
        <table className="tbl tbl-plain">
          <caption className="sr-only">E-values of each metric</caption>
          <thead><tr><th scope="col">E-value for</th><th scope="col" className="num">worse</th><th scope="col" className="num">better</th><th scope="col" className="num">not worse</th></tr></thead>
          <tbody>
            {verdict.metrics.map(({ metric, eWorse, eBetter, eNotWorse }) => (
              <tr key={metric}><th scope="row">{CANARY_METRIC_NAMES[metric]}</th><td className="num">{evidence(eWorse)}</td><td className="num">{evidence(eBetter)}</td><td className="num">{evidence(eNotWorse)}</td></tr>
            ))}
            <tr><th scope="row">All, weighted mean</th><td className="num">{evidence(verdict.eWorse)}</td><td className="num">–</td><td className="num">–</td></tr>
          </tbody>
        </table>
      </div>
      <FormulaTable lines={verdictMathematics(verdict, plan, stageIndex)} />
      <ul className="meta grid list-disc gap-1 pl-4">
        <li>An e-value is what a fair bet against “nothing changed” has won: 1 at the start, {plan.holdAt} by chance in at most one of {plan.holdAt} rollouts, however often somebody looks.</li>
        <li>Held at {evidence(plan.holdAt)}{plan.onWorse === "roll_back" && <>, rolled back at {evidence(plan.rollBackAt)}</>}; the highest value so far counts.</li>
        <li>Promotion needs {PROMOTE_AT} for “not worse” on {stage ? plan.metrics.filter((planned) => isGatingIn(plan, planned, stage.stage)).map(({ metric }) => metricInSentence(metric)).join(", ") : "every gating metric"}, from this stage alone.</li>
        <li>Rates: each outcome bets on which version it came from, against the probability that the router logged. Latency and cost: how often a fixed quantile is passed, a shift, and a contaminated share.</li>
        <li>Sample ratio: {evidence(verdict.sampleRatio.e)} against the planned split; alarm at 1,000.</li>
        {verdict.named.length > 0 && <li>Named by closed testing: {verdict.named.map(metricInSentence).join(", ")}.</li>}
        <li>The intervals of the differences hold at every look while the exposure stays the same; of several exposures together they are a summary, and no evidence. Those of one version by itself are for a single look.</li>
      </ul>
    </div>
  );
}
