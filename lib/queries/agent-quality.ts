// How well does an agent work, week by week, and did anything change that chance does not explain?

import { pool } from "../database/database.ts";
import { weekOf, WEEK_MS } from "../domain/change-quality.ts";
import { controlChart, type ChartInput, type ControlChart } from "../domain/control-chart.ts";
import { listMarkers, type AgentMetrics } from "./agent-metrics.ts";

export const QUALITY_FIGURES = ["success", "intervention", "escalation", "cost", "incidents"] as const;
export type QualityFigure = (typeof QUALITY_FIGURES)[number];

const WEEKS_SHOWN = 20;

export interface QualityTrend {
  figure: QualityFigure;
  chart: ControlChart;
  /** What each week's value was counted over; for incidents the runs. */
  counted: number[];
}

export interface AgentQuality {
  /** Mondays, the oldest first; the last week is not over. */
  weeks: Date[];
  trends: QualityTrend[];
  /** With runs in these weeks, the newest first. */
  versions: { id: string; number: number; label: string | null; isCurrent: boolean; runs: number }[];
  markers: AgentMetrics["markers"];
}

interface Week {
  runs: number;
  successes: number;
  failures: number;
  escalated: number;
  intervened: number;
  costKnown: number;
  cost: number;
}

const NOTHING: Week = { runs: 0, successes: 0, failures: 0, escalated: 0, intervened: 0, costKnown: 0, cost: 0 };

/** Of one version, or of all. Incidents belong to the agent, whatever version it ran. */
export async function getAgentQuality(agentId: string, versionNumber: number | null, now: Date): Promise<AgentQuality> {
  const last = weekOf(now).getTime();
  const weeks = Array.from({ length: WEEKS_SHOWN }, (_, index) => new Date(last - (WEEKS_SHOWN - 1 - index) * WEEK_MS));
  const from = weeks[0] ?? now;
  const versions = await versionsSince(agentId, from);
  const versionId = versionNumber === null ? null : (versions.find(({ number }) => number === versionNumber)?.id ?? "");
  const [sums, incidents, markers] = await Promise.all([sumWeeks(agentId, versionId, weeks), countIncidents(agentId, weeks), listMarkers(agentId, from)]);
  return { weeks, versions, markers, trends: QUALITY_FIGURES.map((figure) => trendOf(figure, weeks, sums, incidents)) };
}

async function versionsSince(agentId: string, from: Date): Promise<AgentQuality["versions"]> {
  const { rows } = await pool().query<AgentQuality["versions"][number]>(
    `SELECT v.id, v.number, v.label, a.current_version_id IS NOT DISTINCT FROM v.id AS "isCurrent", sum(r.runs)::int AS runs
     FROM rollup r JOIN agent_version v ON v.id = r.version_id JOIN agent a ON a.id = v.agent_id WHERE r.agent_id = $1 AND r.hour >= $2 GROUP BY v.id, a.current_version_id ORDER BY v.number DESC LIMIT 50`,
    [agentId, from],
  );
  return rows;
}

async function sumWeeks(agentId: string, versionId: string | null, weeks: readonly Date[]): Promise<Week[]> {
  const { rows } = await pool().query<Week & { week: number }>(
    `SELECT width_bucket(hour, $2::timestamptz[]) AS week, sum(runs)::int AS runs, sum(successes)::int AS successes, sum(failures)::int AS failures, sum(escalated)::int AS escalated,
            sum(intervened)::int AS intervened, sum(cost_known_runs)::int AS "costKnown", sum(cost_nano_usd)::float8 AS cost
     FROM rollup WHERE agent_id = $1 AND hour >= $3 AND ($4::text IS NULL OR version_id = $4) GROUP BY 1`,
    [agentId, weeks, weeks[0], versionId],
  );
  return weeks.map((_, index) => rows.find(({ week }) => week === index + 1) ?? NOTHING);
}

/** Kill switches that covered it, runs nobody had approved that became findings, and forbidden actions that took effect. */
async function countIncidents(agentId: string, weeks: readonly Date[]): Promise<number[]> {
  const from = weeks[0] ?? new Date(0);
  const [stops, { rows }] = await Promise.all([
    listMarkers(agentId, from).then((markers) => markers.filter(({ stopId }) => stopId !== undefined)),
    pool().query<{ at: Date }>(
      `SELECT opened_at AS at FROM finding WHERE agent_id = $1 AND opened_at >= $2
       UNION ALL SELECT started_at FROM run WHERE agent_id = $1 AND started_at >= $2 AND has_escaped_violation`,
      [agentId, from],
    ),
  ]);
  const times = [...stops.map(({ at }) => at), ...rows.map(({ at }) => at.getTime())];
  return weeks.map((week) => times.filter((at) => at >= week.getTime() && at < week.getTime() + WEEK_MS).length);
}

function trendOf(figure: QualityFigure, weeks: readonly Date[], sums: readonly Week[], incidents: readonly number[]): QualityTrend {
  const counted = sums.map((week) => (figure === "success" ? week.successes + week.failures : figure === "cost" ? week.costKnown : week.runs));
  return { figure, counted, chart: controlChart(inputOf(figure, weeks.map((week) => week.toISOString()), sums, incidents)) };
}

function inputOf(figure: QualityFigure, starts: readonly string[], sums: readonly Week[], incidents: readonly number[]): ChartInput {
  const weekly = starts.flatMap((start, index) => {
    const sum = sums[index];
    return sum ? [{ start, sum, incidents: incidents[index] ?? 0, isOver: index < starts.length - 1 }] : [];
  });
  switch (figure) {
    case "success":
      return { kind: "share", worse: "less", weeks: weekly.map(({ start, sum }) => ({ start, events: sum.successes, n: sum.successes + sum.failures })) };
    case "intervention":
      return { kind: "share", worse: "more", weeks: weekly.map(({ start, sum }) => ({ start, events: sum.intervened, n: sum.runs })) };
    case "escalation":
      return { kind: "share", worse: "either", weeks: weekly.map(({ start, sum }) => ({ start, events: sum.escalated, n: sum.runs })) };
    case "cost":
      return { kind: "value", worse: "more", weeks: weekly.map(({ start, sum }) => ({ start, value: sum.costKnown === 0 ? null : sum.cost / sum.costKnown })) };
    default:
      // A week without work has no incidents to speak of, and one that is not over has not had all of its own.
      return { kind: "value", worse: "more", weeks: weekly.map(({ start, sum, incidents: count, isOver }) => ({ start, value: isOver && (sum.runs > 0 || count > 0) ? count : null })) };
  }
}
