// Outside of which rates does escalation alarm, whatever the other version does? As wide as what history leaves open.

import type { CanaryPlan, MetricPlan } from "./canary-plan.ts";
import { shareSequence } from "./confidence-sequence.ts";

type Band = NonNullable<MetricPlan["band"]>;

/** With fewer tasks history tells no band that is worth one. */
export const LEAST_FOR_BAND = 100;
/** So many times as far as the interval of history reaches, and at least to half and to twice the usual rate: what both versions live through together now and then stays inside. */
const WIDTHS = 3;
const LEAST_FACTOR = 2;

/** From the current version's own tasks; null: not known well enough. */
export function usualEscalation({ rate, known = 0 }: { rate: number | null | undefined; known: number | undefined }): Band | null {
  if (rate === null || rate === undefined || known < LEAST_FOR_BAND) return null;
  const { low, high } = shareSequence({ events: Math.round(rate * known), n: known });
  if (low === null || high === null) return null;
  const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;
  return { low: rounded(Math.max(0, Math.min(rate / LEAST_FACTOR, rate - WIDTHS * (rate - low)))), high: rounded(Math.min(1, Math.max(rate * LEAST_FACTOR, rate + WIDTHS * (high - rate)))) };
}

/** Two versions that both stop asking look alike: only a band sees it. */
export function withEscalationBand(plan: CanaryPlan, band: Band | null): CanaryPlan {
  return { ...plan, metrics: plan.metrics.map((planned) => (planned.metric === "escalation" ? { ...planned, band } : planned)) };
}

/** What the plan says of it, for whoever is about to start. */
export function escalationBandSentence({ metrics }: Pick<CanaryPlan, "metrics">): string | null {
  const planned = metrics.find(({ metric }) => metric === "escalation");
  if (!planned) return null;
  const percent = (share: number): string => `${(share * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`;
  if (!planned.band) return "Escalation has no absolute band, because too little is known of how often it is usual: two versions that both stop asking would not be seen.";
  const { low, high } = planned.band;
  return low > 0 ? `Escalation is also held to between ${percent(low)} and ${percent(high)}, whatever the other version does.` : `Escalation is also held to at most ${percent(high)}, whatever the other version does. How rare it may become is not bounded.`;
}
