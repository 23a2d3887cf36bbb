// What do an agent's days add up to: this month's spend, twelve weeks of cost, the last day against the weeks before it?

import { pool } from "../database/database.ts";
import { forecastSpend, judgeLimit, type LimitJudgement, type MonthlyBudget, type MonthSpend, type SpendForecast } from "../domain/forecast-spend.ts";
import { judgeShare, type RangeWord } from "../domain/usual-range.ts";

const DAY = 86_400_000;
const WEEKS = 12;
/** What a day is held against. */
const BASELINE_DAYS = 28;

export interface PortfolioPeriod {
  monthFrom: string;
  monthTo: string;
  /** To the end of the month, in days and parts of one. */
  daysLeft: number;
  /** Mondays, 00:00 UTC, the oldest first. */
  weeks: string[];
}

const startOfDay = (at: Date): number => Math.floor(at.getTime() / DAY) * DAY;

export function periodOf(now: Date): PortfolioPeriod {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const monthTo = Date.UTC(year, month + 1, 1);
  const monday = startOfDay(now) - ((now.getUTCDay() + 6) % 7) * DAY;
  return {
    monthFrom: new Date(Date.UTC(year, month, 1)).toISOString(), monthTo: new Date(monthTo).toISOString(), daysLeft: (monthTo - now.getTime()) / DAY,
    weeks: Array.from({ length: WEEKS }, (_, index) => new Date(monday - (WEEKS - 1 - index) * 7 * DAY).toISOString()),
  };
}

export interface CostWeek {
  from: string;
  runs: number;
  costKnownRuns: number;
  /** Null where no run's cost is known. */
  nanoUsdPerTask: number | null;
}

/** A UTC day, or the part of it that lies in the last 24 hours or before them. */
interface DaySums {
  agent_id: string; day: Date; is_last: boolean; runs: number; escalated: number; tool_calls: number; action_errors: number; cost_known_runs: number; cost: number;
}

async function sumDays(agentIds: readonly string[], from: Date, to: Date, now: Date): Promise<DaySums[]> {
  if (agentIds.length === 0) return [];
  const { rows } = await pool().query<DaySums>(
    `SELECT agent_id, date_trunc('day', hour, 'UTC') AS day, hour > $4 AS is_last, sum(runs) AS runs, sum(escalated) AS escalated, sum(tool_calls) AS tool_calls,
            sum(action_errors) AS action_errors, sum(cost_known_runs) AS cost_known_runs, sum(cost_nano_usd)::float8 AS cost
     FROM rollup WHERE agent_id = ANY($1) AND hour >= $2 AND hour < $3 GROUP BY 1, 2, 3`,
    [agentIds, from, to, new Date(now.getTime() - DAY)],
  );
  return rows;
}

/** Days that are over hardly move: they are summed again at most this often, because twelve weeks of hours take long to sum. */
const REMEMBERED_MS = 600_000;

interface PastDays {
  /** The days lie from here, and end before the other. */
  span: string;
  byAgent: Map<string, { readAt: number; days: DaySums[] }>;
}

const remembered = new WeakMap<object, PastDays>();

async function pastDays(agentIds: readonly string[], from: Date, to: Date, now: Date): Promise<DaySums[]> {
  const span = `${from.toISOString()} ${to.toISOString()}`;
  const known = remembered.get(pool());
  const past: PastDays = known?.span === span ? known : { span, byAgent: new Map() };
  remembered.set(pool(), past);
  const isFresh = (id: string): boolean => Math.abs(now.getTime() - (past.byAgent.get(id)?.readAt ?? -Infinity)) < REMEMBERED_MS;
  const asked = agentIds.filter((id) => !isFresh(id));
  const read = Map.groupBy(await sumDays(asked, from, to, now), (row) => row.agent_id);
  for (const id of asked) past.byAgent.set(id, { readAt: now.getTime(), days: read.get(id) ?? [] });
  return agentIds.flatMap((id) => past.byAgent.get(id)?.days ?? []);
}

/** Two statements for all agents of a page, one of which is rarely asked. */
export async function readDays(agentIds: readonly string[], period: PortfolioPeriod, now: Date): Promise<Map<string, DaySums[]>> {
  const yesterday = new Date(startOfDay(now) - DAY);
  const [past, last] = await Promise.all([
    pastDays(agentIds, new Date(period.weeks[0] ?? yesterday), yesterday, now), sumDays(agentIds, yesterday, new Date(now.getTime() + 1), now),
  ]);
  return Map.groupBy([...past, ...last], (row) => row.agent_id);
}

interface DaysJudged {
  spend: MonthSpend;
  forecast: SpendForecast;
  limit: LimitJudgement;
  errors: RangeWord;
  escalations: RangeWord;
  weeks: CostWeek[];
}

const sumOf = (rows: readonly DaySums[], read: (row: DaySums) => number): number => rows.reduce((sum, row) => sum + read(row), 0);
const spendOf = (rows: readonly DaySums[]): MonthSpend => ({
  nanoUsd: sumOf(rows, (row) => row.cost), runs: sumOf(rows, (row) => row.runs), costKnownRuns: sumOf(rows, (row) => row.cost_known_runs),
});

export function judgeDays(rows: readonly DaySums[], budget: MonthlyBudget | null, period: PortfolioPeriod, now: Date): DaysJudged {
  const monthFrom = Date.parse(period.monthFrom);
  const spend = spendOf(rows.filter((row) => row.day.getTime() >= monthFrom));
  const forecast = forecastSpend(spend.nanoUsd, wholeDays(rows, monthFrom, now), period.daysLeft);
  const last = rows.filter((row) => row.is_last);
  const before = rows.filter((row) => !row.is_last && row.day.getTime() >= startOfDay(now) - (BASELINE_DAYS + 1) * DAY);
  const word = (events: (row: DaySums) => number, n: (row: DaySums) => number): RangeWord =>
    judgeShare({ events: sumOf(last, events), n: sumOf(last, n) }, { events: sumOf(before, events), n: sumOf(before, n) }).word;
  return {
    spend, forecast, limit: judgeLimit(budget, spend, forecast, period.daysLeft), weeks: period.weeks.map((from) => weekOf(rows, from)),
    errors: word((row) => row.action_errors, (row) => row.tool_calls), escalations: word((row) => row.escalated, (row) => row.runs),
  };
}

/**
 * What each day of the month before today cost, from the agent's first run on: a day without runs cost nothing, one whose runs have no
 * known cost is left out.
 */
function wholeDays(rows: readonly DaySums[], monthFrom: number, now: Date): number[] {
  if (rows.length === 0) return [];
  const byDay = Map.groupBy(rows, (row) => row.day.getTime());
  const first = Math.max(monthFrom, Math.min(...byDay.keys()));
  const count = Math.max(0, (startOfDay(now) - first) / DAY);
  return Array.from({ length: count }, (_, index) => spendOf(byDay.get(first + index * DAY) ?? [])).flatMap((day) => (day.runs > 0 && day.costKnownRuns === 0 ? [] : [day.nanoUsd]));
}

function weekOf(rows: readonly DaySums[], from: string): CostWeek {
  const start = Date.parse(from);
  const { nanoUsd, runs, costKnownRuns } = spendOf(rows.filter((row) => row.day.getTime() >= start && row.day.getTime() < start + 7 * DAY));
  return { from, runs, costKnownRuns, nanoUsdPerTask: costKnownRuns === 0 ? null : Math.round(nanoUsd / costKnownRuns) };
}
