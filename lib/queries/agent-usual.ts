// How was each of an agent's last 29 days, and is the last one within its usual range? From the rollups, judged like on the page Now.

import { pool } from "../database/database.ts";
import { mergeHistograms, quantile, type Histogram } from "../domain/latency-histogram.ts";
import { judgeIndividual, judgeShare, USUAL_METRICS, type RangeJudgement, type Share, type UsualMetric } from "../domain/usual-range.ts";

const DAY = 86_400_000;
/** The last one is judged against the others. */
const DAYS = 29;

export interface JudgedMetric {
  metric: UsualMetric;
  judgement: RangeJudgement;
  /** What the last day's value was counted over. */
  n: number;
  /** One per day, the oldest first, at the day's end in epoch milliseconds; the last day ends now. */
  points: { at: number; value: number | null }[];
}

interface Hour {
  hour: Date; runs: number; escalated: number; successes: number; failures: number; tool_calls: number; action_errors: number; cost_known_runs: number; cost_nano_usd: number; latency: Histogram;
}

interface Sums {
  errors: Share;
  escalations: Share;
  failures: Share;
  cost: Share;
  latency: Histogram;
  runs: number;
}

const nothing = (): Sums => ({ errors: { events: 0, n: 0 }, escalations: { events: 0, n: 0 }, failures: { events: 0, n: 0 }, cost: { events: 0, n: 0 }, latency: {}, runs: 0 });

const plus = (a: Share, events: number, n: number): Share => ({ events: a.events + events, n: a.n + n });

function withHour(day: Sums, hour: Hour): Sums {
  return {
    // A call that was retried may have failed more than once.
    errors: plus(day.errors, Math.min(hour.action_errors, hour.tool_calls), hour.tool_calls), escalations: plus(day.escalations, hour.escalated, hour.runs),
    failures: plus(day.failures, hour.failures, hour.successes + hour.failures), cost: plus(day.cost, hour.cost_nano_usd, hour.cost_known_runs), latency: mergeHistograms(day.latency, hour.latency), runs: day.runs + hour.runs,
  };
}

const shareOf = ({ events, n }: Share): number | null => (n === 0 ? null : events / n);

const valueOf = (day: Sums, metric: UsualMetric): number | null => (metric === "latency" ? quantile(day.latency, 0.95) : shareOf(day[metric]));

function judge(metric: UsualMetric, days: readonly Sums[]): RangeJudgement {
  const last = days.at(-1) ?? nothing();
  const before = days.slice(0, -1);
  if (metric === "latency" || metric === "cost") return judgeIndividual(valueOf(last, metric), before.flatMap((day) => valueOf(day, metric) ?? []));
  return judgeShare(last[metric], before.reduce((sum, day) => plus(sum, day[metric].events, day[metric].n), { events: 0, n: 0 }));
}

export async function getAgentUsual(agentId: string, now: Date): Promise<JudgedMetric[]> {
  const from = now.getTime() - DAYS * DAY;
  const { rows } = await pool().query<Hour>(
    `SELECT hour, runs, escalated, successes, failures, tool_calls, action_errors, cost_known_runs, cost_nano_usd, latency FROM rollup WHERE agent_id = $1 AND hour >= $2 AND hour <= $3`, [agentId, new Date(from), now]);
  const days = Array.from({ length: DAYS }, nothing);
  for (const row of rows) {
    const index = Math.min(DAYS - 1, Math.floor((row.hour.getTime() - from) / DAY));
    days[index] = withHour(days[index] ?? nothing(), row);
  }
  const last = days.at(-1) ?? nothing();
  return USUAL_METRICS.map((metric) => ({
    metric, judgement: judge(metric, days), n: metric === "latency" ? last.runs : last[metric].n,
    points: days.map((day, index) => ({ at: from + (index + 1) * DAY, value: valueOf(day, metric) })),
  }));
}
