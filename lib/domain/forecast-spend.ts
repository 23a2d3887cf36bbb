// What will an agent have spent when the month ends, and when does it reach its budget?

/** Fewer days say too little about how much a day costs. */
const LEAST_DAYS = 5;
/** The 97.5 % point of the standard normal distribution. */
const Z = 1.96;
/** With fewer costs known the sum says nothing about the limit; a few runs without a model call are usual. */
const LEAST_COVERAGE = 0.95;
const NANO_PER_CENT = 1e7;

/** Money in nano-USD, as everywhere with model costs. */
export type SpendForecast = { kind: "range"; low: number; expected: number; high: number; perDay: number } | { kind: "too_few_days"; days: number };

/**
 * `spent` holds today so far, `days` the cost of each whole day before it, `daysLeft` what remains, in days and parts of one. Days are
 * taken as independent: the mean ± 1.96 standard deviations × √days.
 */
export function forecastSpend(spent: number, days: readonly number[], daysLeft: number): SpendForecast {
  if (days.length < LEAST_DAYS) return { kind: "too_few_days", days: days.length };
  const perDay = days.reduce((sum, day) => sum + day, 0) / days.length;
  const deviation = Math.sqrt(days.reduce((sum, day) => sum + (day - perDay) ** 2, 0) / (days.length - 1));
  const expected = spent + perDay * daysLeft;
  const reach = Z * deviation * Math.sqrt(daysLeft);
  return { kind: "range", low: Math.max(spent, expected - reach), expected, high: expected + reach, perDay };
}

export interface MonthSpend {
  nanoUsd: number;
  runs: number;
  /** Only these are in `nanoUsd`. */
  costKnownRuns: number;
}

export interface MonthlyBudget {
  amountMinor: number;
  currency: string;
}

export type LimitState = "over" | "reaches" | "may_reach" | "inside" | "cannot_tell";

export interface LimitJudgement {
  state: LimitState;
  /** Until the budget is spent at the mean of the days so far, 0 once it is, `null` where that is not known or never happens. */
  days: number | null;
  /** Why nothing can be said. */
  why: "no_budget" | "other_currency" | "cost_unknown" | "too_few_days" | null;
}

const cannotTell = (why: LimitJudgement["why"]): LimitJudgement => ({ state: "cannot_tell", days: null, why });

export const isCostKnown = ({ runs, costKnownRuns }: MonthSpend): boolean => runs === 0 || costKnownRuns > 0;

/** Costs are in dollars: a budget in another currency is not compared with them. */
export function judgeLimit(budget: MonthlyBudget | null, spend: MonthSpend, forecast: SpendForecast, daysLeft: number): LimitJudgement {
  if (budget === null) return cannotTell("no_budget");
  if (budget.currency !== "USD") return cannotTell("other_currency");
  const left = budget.amountMinor * NANO_PER_CENT - spend.nanoUsd;
  if (left < 0) return { state: "over", days: 0, why: null };
  if (spend.runs > 0 && spend.costKnownRuns / spend.runs < LEAST_COVERAGE) return cannotTell("cost_unknown");
  if (forecast.kind === "too_few_days") return cannotTell("too_few_days");
  const days = forecast.perDay > 0 ? left / forecast.perDay : null;
  if (days !== null && days <= daysLeft) return { state: "reaches", days, why: null };
  return { state: forecast.high - spend.nanoUsd > left ? "may_reach" : "inside", days, why: null };
}

/** The soonest first, then those that never reach it, then those of which nothing can be said; equal ones by name. */
export function byDaysUntilLimit(a: { id: string; limit: LimitJudgement }, b: { id: string; limit: LimitJudgement }): number {
  const rank = ({ state, days }: LimitJudgement): number => (state === "cannot_tell" ? Number.MAX_VALUE : (days ?? Number.MAX_SAFE_INTEGER));
  return rank(a.limit) - rank(b.limit) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
