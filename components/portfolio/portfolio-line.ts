import type { ConstraintSource } from "@/lib/domain/authority.ts";
import type { AuthorityLevel, ControlTier } from "@/lib/domain/authority-level.ts";
import type { LimitJudgement, MonthlyBudget, MonthSpend, SpendForecast } from "@/lib/domain/forecast-spend.ts";
import type { RangeWord } from "@/lib/domain/usual-range.ts";

/** One agent as its owner sees it. */
export interface PortfolioLine {
  id: string;
  team: string;
  tier: ControlTier | null;
  level: AuthorityLevel;
  binding: ConstraintSource;
  budget: MonthlyBudget | null;
  spend: MonthSpend;
  forecast: SpendForecast;
  limit: LimitJudgement;
  errors: RangeWord;
  escalations: RangeWord;
  weeks: readonly { from: string; runs: number; costKnownRuns: number; nanoUsdPerTask: number | null }[];
}
