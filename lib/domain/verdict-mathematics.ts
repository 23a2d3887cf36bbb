// By which formulas did the judge reach its verdict, and what came out?

import { CANARY_METRIC_NAMES, type CanaryPlan, isGatingIn, isShareMetric, marginIn, PROMOTE_AT } from "./canary-plan.ts";
import { FROZEN_QUANTILES } from "./heavy-tail-betting.ts";
import type { CanaryVerdict, MetricVerdict } from "./judge-canary.ts";
import { ODDS_DOWN, ODDS_UP } from "./label-betting.ts";
import { SAMPLE_RATIO_AT } from "./sample-ratio.ts";
import { evidenceWords } from "./verdict-words.ts";

export interface MathematicsLine {
  name: string;
  formula: string;
  /** An e-value, as it is shown. */
  value: string;
  /** Where it counts; null: it decides nothing. */
  line: string | null;
  isReached: boolean;
}

const numbers = (values: readonly number[]): string => values.map((value) => value.toLocaleString("en", { maximumFractionDigits: 2 })).join(", ");

const LABEL_BETS = `E = Σ π ∏ P(outcome | version) / P(outcome): label bets on the odds ratios ${numbers(ODDS_UP)} and ${numbers(ODDS_DOWN)}`;
const AMOUNT_BETS = `E = Σ π ∏ r^A / (w r + 1 − w): bets on exceeding the quantiles ${numbers(FROZEN_QUANTILES)}, on a shift and on a share of tasks that grew by much`;

/** For whoever wants to check: all lines are e-values, and none is higher than n with a chance above 1 / n unless its name is true. */
export function verdictMathematics(verdict: CanaryVerdict, plan: CanaryPlan, stageIndex: number): MathematicsLine[] {
  const { eWorse, metrics, sampleRatio } = verdict;
  const [hold, back] = [plan.holdAt.toLocaleString("en"), plan.rollBackAt.toLocaleString("en")];
  return [
    { name: "Any metric worse", formula: "Ē = Σ v E over all metrics, their weights v summing to 1; the highest so far", value: evidenceWords(eWorse), line: `${hold} holds${plan.onWorse === "roll_back" ? `, ${back} rolls back` : ""}`, isReached: eWorse >= plan.holdAt },
    ...metrics.flatMap((metric) => linesOf(metric, plan, stageIndex)),
    {
      name: "Split not as drawn", formula: "E = B(1 + k, 1 + n − k) / (w^k (1 − w)^(n − k)) for k of n tasks drawn with chance w, multiplied over exposures; as it stands now",
      value: evidenceWords(sampleRatio.e), line: `${SAMPLE_RATIO_AT.toLocaleString("en")} holds`, isReached: !sampleRatio.isClean,
    },
  ];
}

function linesOf(told: MetricVerdict, plan: CanaryPlan, stageIndex: number): MathematicsLine[] {
  const name = CANARY_METRIC_NAMES[told.metric];
  const bets = isShareMetric(told.metric) ? LABEL_BETS : AMOUNT_BETS;
  const planned = plan.metrics.find(({ metric }) => metric === told.metric);
  const stage = plan.stages[stageIndex];
  const lines: MathematicsLine[] = [
    { name: `${name}: worse`, formula: `${bets}; the highest so far, named by closed testing`, value: evidenceWords(told.eWorse), line: `${plan.holdAt.toLocaleString("en")} in every mean that contains it`, isReached: told.verdict === "worse" },
    { name: `${name}: better`, formula: bets, value: evidenceWords(told.eBetter), line: `${PROMOTE_AT}`, isReached: told.eBetter >= PROMOTE_AT },
  ];
  if (!planned || !stage) return lines;
  const margin = marginIn(planned, stage);
  const isGating = isGatingIn(plan, planned, stage.stage);
  lines.push({
    name: `${name}: not worse`,
    formula: margin.kind === "ratio"
      ? `E = Σ π ∏ over bad outcomes of q(ρ) / q(m), q(ρ) = w ρ / (w ρ + 1 − w), margin m = ${margin.value}, relative risks ρ below it`
      : `E = Σ π ∏ (1 + λ (δ − Z)), Z = (y − p) (A / w − (1 − A) / (1 − w)), margin δ = ${margin.value}`,
    value: evidenceWords(told.eNotWorse), line: isGating ? `${PROMOTE_AT} for promotion` : null, isReached: told.eNotWorse >= PROMOTE_AT,
  });
  return lines;
}
