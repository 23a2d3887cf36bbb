// How does the fleet stand at this moment, and what needs somebody first?

import { pool } from "../database/database.ts";
import { countHealth, fleetSentence, healthWord, type AgentHealth, type HealthState } from "../domain/fleet-health.ts";
import { pathWords } from "../domain/stop-path-words.ts";
import { readFleet, type AgentRow } from "./fleet-facts.ts";
import { listNeeds, pathNeed, type ShownNeed } from "./fleet-needs.ts";
import { getStopPath } from "./stop-path.ts";
import type { DayOfAgent } from "./fleet-day.ts";

export interface EndingOverride {
  id: string;
  agentId: string;
  /** The constraint that it raises or lowers. */
  source: string;
  level: string;
  endsAt: string;
}

/** As it travels to an open page, which asks for it again and again. */
export interface FleetNow {
  sentence: string;
  counts: { stopped: number; critical: number; warning: number; notReporting: number; waiting: number };
  needs: ShownNeed[];
  /** How many more need somebody than are listed. */
  more: number;
  /** Overrides in force that end within a day, the soonest first, and how many of them there are. */
  ending: { count: number; overrides: EndingOverride[] };
  /** `word`: where it is that of a stop, and not of the state. */
  teams: { name: string; agents: { id: string; state: HealthState; word?: string; tier: number }[] }[];
  agents: number;
  day: { runs: number; costNanoUsd: number; costUnknownRuns: number; stopsEngaged: number; stopsReleased: number; changesApproved: number; findingsOpened: number };
  checkedAt: string;
}

const MOST_NEEDS = 7;
const DAY_MS = 86_400_000;

const COUNTED = ["stop.engaged", "stop.released", "change.approved", "finding.opened"];

async function countHappened(since: Date): Promise<(kind: string) => number> {
  const { rows } = await pool().query<{ kind: string; n: number }>("SELECT kind, count(*)::int AS n FROM log_entry WHERE at >= $1 AND kind = ANY($2) GROUP BY kind", [since, COUNTED]);
  return (kind) => rows.find((row) => row.kind === kind)?.n ?? 0;
}

const MOST_ENDING = 5;

async function endingOverrides(now: Date): Promise<FleetNow["ending"]> {
  const { rows } = await pool().query<{ id: string; agentId: string; source: string; level: string; endsAt: Date; n: number }>(
    `SELECT o.id, o.agent_id AS "agentId", o.source, o.level, o.expires_at AS "endsAt", count(*) OVER ()::int AS n
     FROM override o JOIN agent a ON a.id = o.agent_id AND a.archived_at IS NULL WHERE o.revoked_at IS NULL AND o.expires_at > $1 AND o.expires_at <= $2 ORDER BY o.expires_at, o.id LIMIT ${MOST_ENDING}`,
    [now, new Date(now.getTime() + DAY_MS)],
  );
  return { count: rows[0]?.n ?? 0, overrides: rows.map(({ n: _all, endsAt, ...row }) => ({ ...row, endsAt: endsAt.toISOString() })) };
}

/** `waiting`: how many decisions wait for the person who looks. */
export async function getFleetNow(waiting: number, now: Date): Promise<FleetNow> {
  const [{ agents, facts, sorted, days }, happened, ending, path] = await Promise.all([readFleet(now), countHappened(new Date(now.getTime() - DAY_MS)), endingOverrides(now), getStopPath(now)]);
  const pathState = pathWords(path.last, path.since, now).state;
  const abnormal = sorted.filter(({ state }) => state !== "normal");
  const shown = abnormal.slice(0, MOST_NEEDS).flatMap(({ id }) => facts.get(id) ?? []);
  return {
    sentence: fleetSentence(sorted, waiting, pathState), counts: countHealth(sorted, waiting, pathState), needs: [...pathNeed(path, now), ...(await listNeeds(shown, now))], more: abnormal.length - shown.length, ending,
    teams: byTeam(agents, sorted), agents: sorted.length,
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

/** The largest dots first, so that a team's weight is seen at its beginning. */
function byTeam(agents: readonly AgentRow[], sorted: readonly AgentHealth[]): FleetNow["teams"] {
  const healthOf = new Map(sorted.map((health) => [health.id, health]));
  const teams = [...Map.groupBy(agents, ({ team }) => team)].toSorted((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  return teams.map(([name, members]) => ({
    name, agents: members.toSorted((a, b) => (b.tier ?? 0) - (a.tier ?? 0) || (a.id < b.id ? -1 : 1)).map(({ id, tier }) => {
      const { state, standing } = healthOf.get(id) ?? { state: "normal", standing: null };
      return { id, tier: tier ?? 0, state, ...(standing === null ? {} : { word: healthWord({ state, standing }) }) };
    }),
  }));
}
