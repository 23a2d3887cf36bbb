// How much work does an agent do, and how often does its current version show what a rollout compares?

import type { TrafficFacts } from "../domain/plan-canary.ts";
import { pool } from "./database.ts";

const DAY = 86_400_000;
const DAYS = 14;
/** The newest tasks; more say nothing new. */
const MOST_TASKS = 5_000;

interface Row { tasks: number; known: number; errors: number; successes: number; escalated: number; since: Date | null }

/** Of the last 14 days, or of as many as there are. A task counts where its outcome is known. */
export async function readTraffic(agentId: string, versionId: string, now: Date): Promise<TrafficFacts> {
  const from = new Date(now.getTime() - DAYS * DAY);
  const [{ rows }, { rows: denied }] = await Promise.all([
    pool().query<Row>(
      `SELECT count(*)::int AS tasks, count(outcome)::int AS known, count(*) FILTER (WHERE action_errors > 0)::int AS errors, count(*) FILTER (WHERE outcome = 'success')::int AS successes,
              count(*) FILTER (WHERE is_escalated)::int AS escalated, min(started_at) AS since
       FROM (SELECT outcome, action_errors, is_escalated, started_at FROM run WHERE agent_id = $1 AND version_id = $2 AND started_at >= $3 ORDER BY started_at DESC LIMIT ${MOST_TASKS}) newest`,
      [agentId, versionId, from],
    ),
    pool().query<{ tasks: number }>(
      `SELECT count(DISTINCT conversation_id)::int AS tasks FROM gate_decision
       WHERE agent_id = $1 AND version_id = $2 AND decision = 'deny' AND reason = 'policy' AND conversation_id <> '' AND decided_at >= $3`,
      [agentId, versionId, from],
    ),
  ]);
  const { tasks, known, errors, successes, escalated, since } = rows[0] ?? { tasks: 0, known: 0, errors: 0, successes: 0, escalated: 0, since: null };
  const days = since === null ? 1 : Math.min(DAYS, Math.max(1, (now.getTime() - since.getTime()) / DAY));
  const share = (events: number, n: number): number | null => (n === 0 ? null : Math.min(1, events / n));
  return {
    tasksPerDay: known / days,
    rates: { action_errors: share(errors, tasks), success: share(successes, known), escalation: share(escalated, tasks), violations: share(denied[0]?.tasks ?? 0, tasks) },
  };
}
