// What decides how each agent stands at this moment?

import { pool } from "../database/database.ts";
import { sortByNeed, type AgentHealth } from "../domain/fleet-health.ts";
import type { NeedFacts } from "../domain/fleet-need.ts";
import { stopCovers, type CoveredAgent } from "../domain/stop-scope.ts";
import { judgeIndividual, judgeShare } from "../domain/usual-range.ts";
import { fleetBaseline, type AgentBaseline } from "./fleet-baseline.ts";
import { readFleetDay, type DayOfAgent } from "./fleet-day.ts";
import { listEngagedWords, standingFor, type EngagedWords } from "./stops.ts";

export interface AgentRow extends CoveredAgent {
  team: string;
  lastSeenAt: Date | null;
  hasWriteTools: boolean;
  openFindings: number;
  openCriticalChanges: number;
  askingRuns: number;
  asking: NeedFacts["asking"];
}

/** Whoever has not let them go on for so long will not. */
const ASKING_DAYS = 7;

// A tool whose effect is not known counts as writing.
const AGENTS = `WITH writing AS (SELECT digest FROM component WHERE kind = 'tool' AND content->>'effect' IS DISTINCT FROM 'read'),
  found AS (SELECT agent_id, count(*)::int AS n FROM finding WHERE state = 'open' GROUP BY agent_id),
  critical AS (SELECT agent_id, count(*)::int AS n FROM change WHERE state = 'open' AND class = 'critical' AND agent_id IS NOT NULL GROUP BY agent_id),
  asking AS (SELECT c.agent_id, count(DISTINCT c.conversation_id)::int AS n, (array_agg(s.id ORDER BY s.released_at DESC))[1] AS stop, max(s.released_at) AS since
    FROM stop s JOIN cut_run c ON c.stop_id = s.id WHERE s.released_at > $1 AND s.restarted_at IS NULL
      AND EXISTS (SELECT FROM gate_decision d WHERE d.agent_id = c.agent_id AND d.conversation_id = c.conversation_id AND d.reason = 'run_cut') GROUP BY c.agent_id),
  writers AS (SELECT DISTINCT v.id FROM agent a JOIN agent_version v ON v.id = a.current_version_id, jsonb_array_elements(v.components) part JOIN writing ON writing.digest = part->>'digest')
  SELECT a.id, a.tier, a.current_version_id AS "currentVersionId", coalesce(nullif(a.card->>'team', ''), 'No team') AS team, a.last_seen_at AS "lastSeenAt", writers.id IS NOT NULL AS "hasWriteTools",
    coalesce(found.n, 0) AS "openFindings", coalesce(critical.n, 0) AS "openCriticalChanges",
    coalesce(asking.n, 0) AS "askingRuns", CASE WHEN asking.n > 0 THEN json_build_object('stopId', asking.stop, 'since', asking.since) END AS asking
  FROM agent a LEFT JOIN writers ON writers.id = a.current_version_id LEFT JOIN found ON found.agent_id = a.id LEFT JOIN critical ON critical.agent_id = a.id LEFT JOIN asking ON asking.agent_id = a.id WHERE a.archived_at IS NULL ORDER BY a.id`;

function factsOf(agent: AgentRow, stops: readonly EngagedWords[], day: DayOfAgent | undefined, usual: AgentBaseline | undefined): NeedFacts {
  const covering = stops.filter((stop) => stopCovers(stop, agent));
  const wholly = covering.filter(({ scope }) => scope !== "tool");
  const standing = standingFor(agent, covering);
  const cost = day && day.costKnownRuns > 0 ? day.costNanoUsd / day.costKnownRuns : null;
  return {
    id: agent.id, tier: agent.tier, standing, stoppedTools: covering.length - wholly.length, openFindings: agent.openFindings, openCriticalChanges: agent.openCriticalChanges, askingRuns: agent.askingRuns, asking: agent.asking,
    lastSeenAt: agent.lastSeenAt, rhythm: usual?.rhythm ?? null, hasWriteTools: agent.hasWriteTools, stop: wholly.find((stop) => stop.standing === standing) ?? covering[0] ?? null, finding: null, change: null,
    ranges: day && usual ? [
      { metric: "errors", word: judgeShare(day.errors, usual.errors).word }, { metric: "escalations", word: judgeShare(day.escalations, usual.escalations).word },
      { metric: "cost", word: judgeIndividual(cost, usual.costs).word },
    ] : [],
  };
}

export interface FleetFacts {
  agents: readonly AgentRow[];
  facts: ReadonlyMap<string, NeedFacts>;
  /** The worst first. */
  sorted: readonly AgentHealth[];
  days: ReadonlyMap<string, DayOfAgent>;
}

export async function readFleet(now: Date): Promise<FleetFacts> {
  const [{ rows: agents }, stops, days, baseline] = await Promise.all([pool().query<AgentRow>(AGENTS, [new Date(now.getTime() - ASKING_DAYS * 86_400_000)]), listEngagedWords(now), readFleetDay(now), fleetBaseline(now)]);
  const facts = new Map(agents.map((agent) => [agent.id, factsOf(agent, stops, days.get(agent.id), baseline.get(agent.id))]));
  return { agents, facts, sorted: sortByNeed([...facts.values()], now), days };
}
