import type { MonthlyBudget, MonthSpend, SpendForecast } from "@/lib/domain/forecast-spend.ts";

const NANO_PER_CENT = 1e7;

/** Spent as a bar, the forecast's range behind it, the budget as a line. The cells beside it say the same in words. */
export function BudgetBar({ budget, spend, forecast }: { budget: MonthlyBudget | null; spend: MonthSpend; forecast: SpendForecast }) {
  if (budget === null || budget.currency !== "USD") return null;
  const limit = budget.amountMinor * NANO_PER_CENT;
  const [low, high] = forecast.kind === "range" ? [forecast.low, forecast.high] : [spend.nanoUsd, spend.nanoUsd];
  const end = Math.max(limit, high, spend.nanoUsd) * 1.04;
  const at = (value: number): number => (value / end) * 100;
  return (
    <svg className="budget-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" x="0" y="3" width="100" height="4" />
      <rect className="range" x={at(low)} y="1" width={Math.max(0, at(high) - at(low))} height="8" />
      <rect className="spent" x="0" y="3" width={at(spend.nanoUsd)} height="4" />
      <line className="limit" x1={at(limit)} x2={at(limit)} y1="0" y2="10" />
    </svg>
  );
}
