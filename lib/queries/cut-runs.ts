// Which runs did a kill switch cut, and which of them ask to go on?

import { pool } from "../database/database.ts";

export interface CutRunRow {
  agentId: string;
  conversationId: string;
  /** The one tool that is cut; empty: the whole run. */
  tool: string;
  cutAt: Date;
  /** As telemetry has told of it; null when none has. */
  runId: string | null;
}

export interface CutRuns {
  runs: number;
  agents: number;
  /** Those cut last come first. */
  listed: CutRunRow[];
}

const LISTED = 10;

export async function getCutRuns(stopId: string): Promise<CutRuns> {
  const [counted, listed] = await Promise.all([
    pool().query<{ runs: number; agents: number }>("SELECT count(DISTINCT (agent_id, conversation_id))::int AS runs, count(DISTINCT agent_id)::int AS agents FROM cut_run WHERE stop_id = $1", [stopId]),
    pool().query<CutRunRow>(
      `SELECT c.agent_id AS "agentId", c.conversation_id AS "conversationId", c.tool, c.cut_at AS "cutAt", r.id AS "runId" FROM (SELECT * FROM cut_run WHERE stop_id = $1 ORDER BY cut_at DESC, agent_id, conversation_id LIMIT ${LISTED}) c
       LEFT JOIN run r ON r.agent_id = c.agent_id AND r.conversation_id = c.conversation_id ORDER BY c.cut_at DESC, c.agent_id, c.conversation_id`, [stopId]),
  ]);
  return { runs: counted.rows[0]?.runs ?? 0, agents: counted.rows[0]?.agents ?? 0, listed: listed.rows };
}

/** Runs of each of these stops. */
export async function countCutRuns(stopIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (stopIds.length === 0) return new Map();
  const { rows } = await pool().query<{ stopId: string; runs: number }>('SELECT stop_id AS "stopId", count(DISTINCT (agent_id, conversation_id))::int AS runs FROM cut_run WHERE stop_id = ANY($1) GROUP BY 1', [stopIds]);
  return new Map(rows.map(({ stopId, runs }) => [stopId, runs]));
}

export interface AskingRuns {
  stopId: string;
  runs: number;
}

/** Of one agent: runs that were refused again since the release, so that somebody waits for them. By the stop that cut them, the newest release first. */
export async function listAskingRuns(agentId: string): Promise<AskingRuns[]> {
  const { rows } = await pool().query<AskingRuns>(
    `SELECT s.id AS "stopId", count(DISTINCT c.conversation_id)::int AS runs FROM cut_run c JOIN stop s ON s.id = c.stop_id AND s.released_at IS NOT NULL AND s.restarted_at IS NULL
     WHERE c.agent_id = $1 AND EXISTS (SELECT FROM gate_decision d WHERE d.agent_id = c.agent_id AND d.conversation_id = c.conversation_id AND d.reason = 'run_cut')
     GROUP BY s.id, s.released_at ORDER BY s.released_at DESC LIMIT 5`, [agentId]);
  return rows;
}
