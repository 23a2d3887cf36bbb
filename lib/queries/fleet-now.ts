// How does the fleet stand at this moment, and what needs somebody first?

import { pool } from "../database/database.ts";
import { countHealth, fleetSentence, sortByNeed, type AgentHealth, type HealthState } from "../domain/fleet-health.ts";
import { needOf, type NeedFacts, type NeedTarget } from "../domain/fleet-need.ts";
import { stopCovers, type CoveredAgent } from "../domain/stop-scope.ts";
import { judgeIndividual, judgeShare } from "../domain/usual-range.ts";
import { paths } from "../paths.ts";
import { fleetBaseline, type AgentBaseline } from "./fleet-baseline.ts";
import { readFleetDay, type DayOfAgent } from "./fleet-day.ts";
import { listEngagedWords, type EngagedWords } from "./stops.ts";

export interface ShownNeed {
  agentId: string;
  state: HealthState;
  sentence: string;
  /** ISO; null where it is not known since when. */
  since: string | null;
  /** The one next step. */
  next: { label: string; href: string };
}

/** As it travels to an open page, which asks for it again and again. */
export interface FleetNow {
  sentence: string;
  counts: { stopped: number; critical: number; warning: number; notReporting: number; waiting: number };
  needs: ShownNeed[];
  /** How many more need somebody than are listed. */
  more: number;
  teams: { name: string; agents: { id: string; state: HealthState; tier: number }[] }[];
  agents: number;
  day: { runs: number; costNanoUsd: number; costUnknownRuns: number; stopsEngaged: number; stopsReleased: number; changesApproved: number; findingsOpened: number };
  checkedAt: string;
}

const MOST_NEEDS = 7;
const DAY_MS = 86_400_000;

interface AgentRow extends CoveredAgent {
  team: string;
  lastSeenAt: Date | null;
  hasWriteTools: boolean;
  openFindings: number;
  openCriticalChanges: number;
}

// A tool whose effect is not known counts as writing.
const AGENTS = `WITH writing AS (SELECT digest FROM component WHERE kind = 'tool' AND content->>'effect' IS DISTINCT FROM 'read'),
  found AS (SELECT agent_id, count(*)::int AS n FROM finding WHERE state = 'open' GROUP BY agent_id),
  critical AS (SELECT agent_id, count(*)::int AS n FROM change WHERE state = 'open' AND class = 'critical' AND agent_id IS NOT NULL GROUP BY agent_id),
  writers AS (SELECT DISTINCT v.id FROM agent a JOIN agent_version v ON v.id = a.current_version_id, jsonb_array_elements(v.components) part JOIN writing ON writing.digest = part->>'digest')
  SELECT a.id, a.tier, a.current_version_id AS "currentVersionId", coalesce(nullif(a.card->>'team', ''), 'No team') AS team, a.last_seen_at AS "lastSeenAt", writers.id IS NOT NULL AS "hasWriteTools",
    coalesce(found.n, 0) AS "openFindings", coalesce(critical.n, 0) AS "openCriticalChanges"
  FROM agent a LEFT JOIN writers ON writers.id = a.current_version_id LEFT JOIN found ON found.agent_id = a.id LEFT JOIN critical ON critical.agent_id = a.id WHERE a.archived_at IS NULL ORDER BY a.id`;

const COUNTED = ["stop.engaged", "stop.released", "change.approved", "finding.opened"];

async function countHappened(since: Date): Promise<(kind: string) => number> {
  const { rows } = await pool().query<{ kind: string; n: number }>("SELECT kind, count(*)::int AS n FROM log_entry WHERE at >= $1 AND kind = ANY($2) GROUP BY kind", [since, COUNTED]);
  return (kind) => rows.find((row) => row.kind === kind)?.n ?? 0;
}

/** `waiting`: how many decisions wait for the person who looks. */
export async function getFleetNow(waiting: number, now: Date): Promise<FleetNow> {
  const [agents, stops, happened, days, baseline] = await Promise.all([
    pool().query<AgentRow>(AGENTS), listEngagedWords(now), countHappened(new Date(now.getTime() - DAY_MS)), readFleetDay(now), fleetBaseline(now),
  ]);
  const facts = new Map(agents.rows.map((agent) => [agent.id, factsOf(agent, stops, days.get(agent.id), baseline.get(agent.id))]));
  const sorted = sortByNeed([...facts.values()], now);
  const abnormal = sorted.filter(({ state }) => state !== "normal");
  const shown = abnormal.slice(0, MOST_NEEDS).flatMap(({ id }) => facts.get(id) ?? []);
  return {
    sentence: fleetSentence(sorted, waiting), counts: countHealth(sorted, waiting), needs: (await withMatters(shown)).flatMap((one) => shownNeed(one, now)), more: abnormal.length - shown.length,
    teams: byTeam(agents.rows, sorted), agents: sorted.length,
    day: {
      ...sumsOf([...days.values()]),
      stopsEngaged: happened("stop.engaged"), stopsReleased: happened("stop.released"), changesApproved: happened("change.approved"), findingsOpened: happened("finding.opened"),
    },
    checkedAt: now.toISOString(),
  };
}

function sumsOf(days: readonly DayOfAgent[]): Pick<FleetNow["day"], "runs" | "costNanoUsd" | "costUnknownRuns"> {
  const sum = (value: (day: DayOfAgent) => number): number => days.reduce((total, day) => total + value(day), 0);
  return { runs: sum((day) => day.runs), costNanoUsd: sum((day) => day.costNanoUsd), costUnknownRuns: sum((day) => day.runs - day.costKnownRuns) };
}

function factsOf(agent: AgentRow, stops: readonly EngagedWords[], day: DayOfAgent | undefined, usual: AgentBaseline | undefined): NeedFacts {
  const covering = stops.filter((stop) => stopCovers(stop, agent));
  const wholly = covering.filter(({ scope }) => scope !== "tool");
  const cost = day && day.costKnownRuns > 0 ? day.costNanoUsd / day.costKnownRuns : null;
  return {
    id: agent.id, tier: agent.tier, isStopped: wholly.length > 0, stoppedTools: covering.length - wholly.length, openFindings: agent.openFindings, openCriticalChanges: agent.openCriticalChanges,
    lastSeenAt: agent.lastSeenAt, rhythm: usual?.rhythm ?? null, hasWriteTools: agent.hasWriteTools, stop: wholly[0] ?? covering[0] ?? null, finding: null, change: null,
    ranges: day && usual ? [
      { metric: "errors", word: judgeShare(day.errors, usual.errors).word }, { metric: "escalations", word: judgeShare(day.escalations, usual.escalations).word },
      { metric: "cost", word: judgeIndividual(cost, usual.costs).word },
    ] : [],
  };
}

/** Only of those that are listed. */
async function withMatters(facts: readonly NeedFacts[]): Promise<NeedFacts[]> {
  const ids = facts.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [findings, changes] = await Promise.all([
    pool().query<NonNullable<NeedFacts["finding"]> & { agentId: string }>(
      `SELECT DISTINCT ON (f.agent_id) f.id, f.agent_id AS "agentId", f.sentence, f.opened_at AS "openedAt", CASE WHEN c.state = 'open' THEN c.id END AS "openChangeId"
       FROM finding f LEFT JOIN change c ON c.id = f.change_id WHERE f.state = 'open' AND f.agent_id = ANY($1) ORDER BY f.agent_id, f.opened_at`, [ids]),
    pool().query<NonNullable<NeedFacts["change"]> & { agentId: string }>(
      `SELECT DISTINCT ON (agent_id) id, agent_id AS "agentId", title, proposed_at AS "proposedAt", expires_at AS "expiresAt"
       FROM change WHERE state = 'open' AND class = 'critical' AND agent_id = ANY($1) ORDER BY agent_id, proposed_at`, [ids]),
  ]);
  const findingOf = new Map(findings.rows.map((row) => [row.agentId, row]));
  const changeOf = new Map(changes.rows.map((row) => [row.agentId, row]));
  return facts.map((one) => ({ ...one, finding: findingOf.get(one.id) ?? null, change: changeOf.get(one.id) ?? null }));
}

function hrefOf(target: NeedTarget): string {
  if (target.kind === "stop") return paths.stopOf(target.stopId);
  if (target.kind === "finding") return paths.finding(target.findingId);
  if (target.kind === "change") return paths.change(target.changeId);
  return target.kind === "metrics" ? paths.agentMetrics(target.agentId) : paths.agent(target.agentId);
}

function shownNeed(facts: NeedFacts, now: Date): ShownNeed[] {
  const need = needOf(facts, now);
  return need ? [{ agentId: need.agentId, state: need.state, sentence: need.sentence, since: need.since?.toISOString() ?? null, next: { label: need.step.label, href: hrefOf(need.step.target) } }] : [];
}

/** The largest dots first, so that a team's weight is seen at its beginning. */
function byTeam(agents: readonly AgentRow[], sorted: readonly AgentHealth[]): FleetNow["teams"] {
  const stateOf = new Map(sorted.map(({ id, state }) => [id, state]));
  const teams = [...Map.groupBy(agents, ({ team }) => team)].toSorted((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  return teams.map(([name, members]) => ({
    name, agents: members.toSorted((a, b) => (b.tier ?? 0) - (a.tier ?? 0) || (a.id < b.id ? -1 : 1)).map(({ id, tier }) => ({ id, tier: tier ?? 0, state: stateOf.get(id) ?? "normal" })),
  }));
}
