// Is a figure of the last day within its usual range?

export type RangeWord = "within its usual range" | "special cause, worse" | "special cause, better" | "not enough data";

/** What an agent's page judges, of each more is worse. */
export const USUAL_METRICS = ["errors", "escalations", "failures", "latency", "cost"] as const;
export type UsualMetric = (typeof USUAL_METRICS)[number];

export const USUAL_METRIC_WORDS: Readonly<Record<UsualMetric, { name: string; basis: string; unit: "share" | "ms" | "nano_usd" }>> = {
  errors: { name: "Action errors", basis: "of tool calls", unit: "share" },
  escalations: { name: "Escalations", basis: "of runs", unit: "share" },
  failures: { name: "Failed outcomes", basis: "of outcomes known", unit: "share" },
  latency: { name: "Latency", basis: "p95 of runs", unit: "ms" },
  cost: { name: "Cost per task", basis: "of runs whose cost is known", unit: "nano_usd" },
};

export interface RangeJudgement {
  word: RangeWord;
  value: number | null;
  usual: { low: number; middle: number; high: number } | null;
}

export interface Share {
  events: number;
  n: number;
}

const LEAST_IN_DAY = 20;
const LEAST_IN_BASELINE = 100;
const LEAST_DAYS = 8;
/** 3 / d2 with d2 = 1.128, for moving ranges of two. */
const XMR_FACTOR = 2.66;

const UNKNOWN: RangeJudgement = { word: "not enough data", value: null, usual: null };

/** For figures of which more is worse. */
function judge(value: number, usual: { low: number; middle: number; high: number }): RangeJudgement {
  // A mean of equal values is not always that value to the last bit.
  const slack = Math.abs(usual.middle) * 1e-9;
  return { word: value > usual.high + slack ? "special cause, worse" : value < usual.low - slack ? "special cause, better" : "within its usual range", value, usual };
}

/** p-chart, three-sigma limits for the day's n; NIST/SEMATECH e-Handbook 6.3.3.2. */
export function judgeShare(day: Share, baseline: Share): RangeJudgement {
  if (day.n < LEAST_IN_DAY || baseline.n < LEAST_IN_BASELINE) return UNKNOWN;
  const middle = baseline.events / baseline.n;
  const reach = 3 * Math.sqrt((middle * (1 - middle)) / day.n);
  return judge(day.events / day.n, { low: Math.max(0, middle - reach), middle, high: Math.min(1, middle + reach) });
}

/** XmR chart over one value per day, the oldest first; NIST/SEMATECH e-Handbook 6.3.2.2. */
export function judgeIndividual(value: number | null, past: readonly number[]): RangeJudgement {
  if (value === null || past.length < LEAST_DAYS) return UNKNOWN;
  const middle = past.reduce((sum, one) => sum + one, 0) / past.length;
  const moved = past.slice(1).reduce((sum, one, index) => sum + Math.abs(one - (past[index] ?? one)), 0) / (past.length - 1);
  return judge(value, { low: Math.max(0, middle - XMR_FACTOR * moved), middle, high: middle + XMR_FACTOR * moved });
}
