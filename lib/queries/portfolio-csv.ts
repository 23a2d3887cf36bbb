// How does the portfolio read as a spreadsheet? The page's four questions, one table after the other.

import { CONSTRAINT_NAMES } from "../domain/authority.ts";
import { classWord, stateWord } from "../domain/change-words.ts";
import { csvLines, type CsvCell } from "../domain/csv.ts";
import { isCostKnown } from "../domain/forecast-spend.ts";
import { AT_LIMIT, LIMIT_NAMES, PORTFOLIO_QUESTIONS, whyUnknown } from "../domain/limit-words.ts";
import type { Portfolio, PortfolioAgent } from "./portfolio.ts";

/** Dollars, to the nano. */
const usd = (nano: number): number => Math.round(nano) / 1e9;
const day = (at: string): string => at.slice(0, 10);

const LIMIT_COLUMNS = [
  "Agent", "Team", "Tier", "Authority", "Held there by", "Budget a month (minor units)", "Currency", "Spent this month (USD)", "Runs this month", "Runs whose cost is known",
  "Forecast (USD)", "Forecast from (USD)", "Forecast to (USD)", "Limit", "Days until the limit", "Why unknown", "At 100 %", "Errors", "Escalations",
];

function limitCells({ id, team, tier, level, binding, budget, spend, forecast, limit, errors, escalations }: PortfolioAgent): CsvCell[] {
  const range = forecast.kind === "range" && isCostKnown(spend) ? [forecast.expected, forecast.low, forecast.high].map(usd) : [null, null, null];
  return [
    id, team, tier, level, CONSTRAINT_NAMES[binding], budget?.amountMinor ?? null, budget?.currency ?? null, isCostKnown(spend) ? usd(spend.nanoUsd) : null, spend.runs, spend.costKnownRuns,
    ...range, LIMIT_NAMES[limit.state], limit.days === null ? null : Math.round(limit.days * 10) / 10, whyUnknown(limit), AT_LIMIT, errors, escalations,
  ];
}

export function portfolioCsv({ agents, changes, waiting, period, at }: Portfolio): string {
  const tables: [string, CsvCell[], CsvCell[][]][] = [
    [PORTFOLIO_QUESTIONS.limits, LIMIT_COLUMNS, agents.map(limitCells)],
    [
      PORTFOLIO_QUESTIONS.changed, ["Change", "Agent", "Title", "Class", "State", "Decided (UTC)", "By"],
      changes.map((change) => [change.id, change.agentId, change.title, classWord(change.class).word, stateWord(change.state).word, change.decidedAt, change.by.join(", ")]),
    ],
    [
      PORTFOLIO_QUESTIONS.waiting, ["What", "Agent", "Title", "Since (UTC)", "Until (UTC)"],
      waiting.map((item) => [item.word, item.agentId, item.sentence, item.since, item.expiresAt]),
    ],
    [
      `${PORTFOLIO_QUESTIONS.cost} (USD a task, weeks from Monday)`, ["Agent", ...period.weeks.map(day)],
      agents.map((agent) => [agent.id, ...agent.weeks.map((week) => (week.nanoUsdPerTask === null ? null : usd(week.nanoUsdPerTask)))]),
    ],
  ];
  const parts = tables.map(([question, columns, rows]) => csvLines([[question], columns, ...rows]));
  return [csvLines([[`Portfolio, as of ${at}`]]), ...parts].join("\r\n");
}
