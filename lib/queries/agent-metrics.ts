// How well has an agent worked, over time and by version? Read from rollups only.

import { pool, prisma } from "../database/database.ts";
import { FIGURE_DEFINITIONS, FIGURES, type Figure, type FigurePoint } from "../domain/figures.ts";
import { addTotals, deriveMetrics, noTotals, type Metrics, type MetricTotals } from "../domain/metrics.ts";
import type { MetricSpan } from "../domain/metric-span.ts";
import type { Histogram } from "../domain/latency-histogram.ts";

const HOUR = 3_600_000;

export interface VersionMetrics {
  /** Empty where the traffic named no version that is known. */
  versionId: string;
  number: number | null;
  label: string | null;
  isCurrent: boolean;
  totals: MetricTotals;
  metrics: Metrics;
}

export interface AgentMetrics {
  from: Date;
  to: Date;
  bucketHours: number;
  totals: MetricTotals;
  metrics: Metrics;
  series: Record<Figure, FigurePoint[]>;
  /** The newest version first, traffic without one last. */
  versions: VersionMetrics[];
  /** Changes that were approved and stops that were engaged inside the range, by time. */
  markers: { at: number; label: string; changeId?: string; stopId?: string }[];
}

interface RollupRow {
  hour: Date; version_id: string; runs: number; successes: number; failures: number; escalated: number; intervened: number; unreviewed: number;
  tool_calls: number; consequential_calls: number; action_errors: number; input_tokens: number; output_tokens: number; cost_known_runs: number; cost_nano_usd: number;
  latency: Histogram;
}

const totalsOf = (row: RollupRow): MetricTotals => ({
  runs: row.runs, successes: row.successes, failures: row.failures, escalated: row.escalated, intervened: row.intervened, actionErrors: row.action_errors,
  toolCalls: row.tool_calls, consequentialCalls: row.consequential_calls, costKnownRuns: row.cost_known_runs, costNanoUsd: row.cost_nano_usd,
  inputTokens: row.input_tokens, outputTokens: row.output_tokens, latency: row.latency, unreviewedRuns: row.unreviewed,
});

export async function getAgentMetrics(agentId: string, { from, to, bucketHours }: MetricSpan): Promise<AgentMetrics> {
  const [{ rows }, markers] = await Promise.all([
    pool().query<RollupRow>(
      `SELECT hour, version_id, runs, successes, failures, escalated, intervened, unreviewed, tool_calls, consequential_calls, action_errors,
              input_tokens, output_tokens, cost_known_runs, cost_nano_usd, latency
       FROM rollup WHERE agent_id = $1 AND hour >= $2 AND hour < $3`,
      [agentId, from, to],
    ),
    listMarkers(agentId, from),
  ]);
  const buckets = new Map<number, MetricTotals>();
  const byVersion = new Map<string, MetricTotals>();
  for (const row of rows) {
    const totals = totalsOf(row);
    const bucket = Math.floor((row.hour.getTime() - from.getTime()) / (bucketHours * HOUR));
    buckets.set(bucket, addTotals(buckets.get(bucket) ?? noTotals, totals));
    byVersion.set(row.version_id, addTotals(byVersion.get(row.version_id) ?? noTotals, totals));
  }
  const totals = [...byVersion.values()].reduce(addTotals, noTotals);
  return {
    from, to, bucketHours, totals, metrics: deriveMetrics(totals), markers: markers.filter(({ at }) => at < to.getTime()),
    series: seriesOf(buckets, (to.getTime() - from.getTime()) / (bucketHours * HOUR), from, bucketHours),
    versions: await withNumbers(agentId, byVersion),
  };
}

/** Over everything that was ever recorded, without a series. */
export async function getAgentTotals(agentId: string): Promise<Pick<AgentMetrics, "totals" | "metrics" | "versions">> {
  const { rows } = await pool().query<RollupRow>(
    `SELECT hour, version_id, runs, successes, failures, escalated, intervened, unreviewed, tool_calls, consequential_calls, action_errors,
            input_tokens, output_tokens, cost_known_runs, cost_nano_usd, latency
     FROM rollup WHERE agent_id = $1`,
    [agentId],
  );
  const byVersion = new Map<string, MetricTotals>();
  for (const row of rows) byVersion.set(row.version_id, addTotals(byVersion.get(row.version_id) ?? noTotals, totalsOf(row)));
  const totals = [...byVersion.values()].reduce(addTotals, noTotals);
  return { totals, metrics: deriveMetrics(totals), versions: await withNumbers(agentId, byVersion) };
}

function seriesOf(buckets: ReadonlyMap<number, MetricTotals>, count: number, from: Date, bucketHours: number): Record<Figure, FigurePoint[]> {
  const derived = Array.from({ length: count }, (_, index) => {
    const totals = buckets.get(index);
    return { at: from.getTime() + index * bucketHours * HOUR, metrics: totals === undefined ? null : deriveMetrics(totals) };
  });
  const points = (figure: Figure) => derived.map(({ at, metrics }) => ({ at, value: metrics && FIGURE_DEFINITIONS[figure].read(metrics) }));
  return Object.fromEntries(FIGURES.map((figure) => [figure, points(figure)])) as Record<Figure, FigurePoint[]>;
}

async function withNumbers(agentId: string, byVersion: ReadonlyMap<string, MetricTotals>): Promise<VersionMetrics[]> {
  const known = await prisma().agentVersion.findMany({
    where: { agentId, id: { in: [...byVersion.keys()] } },
    select: { id: true, number: true, label: true, currentOf: { select: { id: true } } },
  });
  const versions = new Map(known.map((version) => [version.id, version]));
  return [...byVersion]
    .map(([versionId, totals]) => {
      const version = versions.get(versionId);
      return {
        versionId: version?.id ?? "", number: version?.number ?? null, label: version?.label ?? null,
        isCurrent: version?.currentOf != null, totals, metrics: deriveMetrics(totals),
      };
    })
    .toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
}

/** Changes that were approved and stops that were engaged since, by time. */
export async function listMarkers(agentId: string, from: Date): Promise<AgentMetrics["markers"]> {
  const [changes, stops] = await Promise.all([approvedChanges(agentId, from), engagedStops(agentId, from)]);
  return [...changes, ...stops].toSorted((a, b) => a.at - b.at);
}

async function approvedChanges(agentId: string, from: Date): Promise<AgentMetrics["markers"]> {
  const changes = await prisma().change.findMany({
    where: { agentId, state: "approved", kind: { in: ["version", "stage", "tier"] }, decidedAt: { gte: from } },
    orderBy: { decidedAt: "asc" }, take: 50,
    select: { id: true, kind: true, decidedAt: true, toVersion: { select: { number: true } } },
  });
  return changes.flatMap(({ id, kind, decidedAt, toVersion }) =>
    decidedAt === null ? [] : [{ at: decidedAt.getTime(), changeId: id, label: kind === "version" ? `version ${toVersion?.number ?? "?"}` : `${kind} raised` }],
  );
}

/** Every stop that reached the agent as a whole; one on a version or a tool of it as well. */
async function engagedStops(agentId: string, from: Date): Promise<AgentMetrics["markers"]> {
  const { rows } = await pool().query<{ id: string; at: Date }>(
    `SELECT s.id, s.engaged_at AS at FROM stop s JOIN agent a ON a.id = $1
     WHERE s.engaged_at >= $2 AND (s.scope = 'fleet' OR (s.scope = 'agent' AND s.target = a.id) OR (s.scope = 'tier' AND s.target = coalesce(a.tier, 0)::text)
       OR (s.scope = 'tool' AND starts_with(s.target, a.id || '/')) OR (s.scope = 'version' AND s.target IN (SELECT v.id FROM agent_version v WHERE v.agent_id = a.id)))
     ORDER BY s.engaged_at LIMIT 50`,
    [agentId, from],
  );
  return rows.map((row) => ({ at: row.at.getTime(), label: "stop", stopId: row.id }));
}

/** Since the first of the month, UTC, over the runs whose cost is known. */
export async function getMonthSpend(agentId: string, now: Date): Promise<{ nanoUsd: number; unknownRuns: number }> {
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const { rows } = await pool().query<{ cost: number; unknown: number }>(
    "SELECT coalesce(sum(cost_nano_usd), 0)::bigint AS cost, coalesce(sum(runs - cost_known_runs), 0) AS unknown FROM rollup WHERE agent_id = $1 AND hour >= $2", [agentId, from],
  );
  return { nanoUsd: rows[0]?.cost ?? 0, unknownRuns: rows[0]?.unknown ?? 0 };
}
