// How much work does an agent do, and how often does its current version show what a rollout compares?

import { Prisma } from "../../generated/prisma/client.ts";
import type { CountedOutcomes } from "../domain/canary-plan.ts";
import type { TrafficFacts } from "../domain/plan-canary.ts";
import { pool, prisma } from "./database.ts";
import { actionErrorsOf, askedCallsOf, performedCallsOf } from "./gate-calls.ts";
import { loadVersionRules } from "./version-rules.ts";

const DAY = 86_400_000;
const DAYS = 14;
/** The newest tasks; more say nothing new. */
const MOST_TASKS = 5_000;

interface Row { tasks: number; known: number; shown: number; errors: number; successes: number; escalated: number; governed: number; acting: number; older: number; olderKnown: number; since: Date | null }

const NOTHING: Row = { tasks: 0, known: 0, shown: 0, errors: 0, successes: 0, escalated: 0, governed: 0, acting: 0, older: 0, olderKnown: 0, since: null };

/** Of the last 14 days, or of as many as there are. A task counts where it has an outcome that counts, and for a rate where the judge would know that (`taskValuesOf`). */
export async function readTraffic(agentId: string, versionId: string, now: Date, countedOutcomes: CountedOutcomes = "any"): Promise<TrafficFacts> {
  const from = new Date(now.getTime() - DAYS * DAY);
  const [[row = NOTHING], { rows: denied }, { policyDigest }] = await Promise.all([
    readRuns({ agentId, versionId, from, now, countedOutcomes }),
    pool().query<{ tasks: number }>(
      `SELECT count(DISTINCT conversation_id)::int AS tasks FROM gate_decision
       WHERE agent_id = $1 AND version_id = $2 AND decision = 'deny' AND reason = 'policy' AND conversation_id <> '' AND decided_at >= $3`,
      [agentId, versionId, from],
    ),
    loadVersionRules(prisma(), versionId),
  ]);
  const { tasks, known, shown, errors, successes, escalated, since } = row;
  const governed = policyDigest === null ? tasks : row.governed;
  const days = since === null ? 1 : Math.min(DAYS, Math.max(1, (now.getTime() - since.getTime()) / DAY));
  const share = (events: number, n: number): number | null => (n === 0 ? null : Math.min(1, events / n));
  return {
    tasksPerDay: known / days, coverage: share(row.olderKnown, row.older), acting: share(row.acting, tasks), escalationKnown: shown,
    rates: { action_errors: share(errors, shown), success: share(successes, known), escalation: share(escalated, shown), violations: share(denied[0]?.tasks ?? 0, governed) },
  };
}

const RUN = Prisma.sql`run`;

/** The older half of the time that is looked at: what happened there has mostly been told by now. */
const readRuns = ({ agentId, versionId, from, now, countedOutcomes }: { agentId: string; versionId: string; from: Date; now: Date; countedOutcomes: CountedOutcomes }): Promise<Row[]> => prisma().$queryRaw<Row[]>`
  SELECT count(*)::int AS tasks, count(outcome)::int AS known, count(*) FILTER (WHERE shows_calls)::int AS shown, count(*) FILTER (WHERE shows_calls AND action_errors > 0)::int AS errors,
    count(*) FILTER (WHERE outcome = 'success')::int AS successes, count(*) FILTER (WHERE shows_calls AND is_escalated)::int AS escalated, count(*) FILTER (WHERE is_governed)::int AS governed, count(*) FILTER (WHERE consequential_calls > 0)::int AS acting,
    count(*) FILTER (WHERE is_older)::int AS older, count(outcome) FILTER (WHERE is_older)::int AS "olderKnown", min(started_at) AS since
  FROM (
    SELECT CASE WHEN ${countedOutcomes} = 'any' OR outcome_source = 'reported' THEN outcome END AS outcome, ${actionErrorsOf(RUN)} AS action_errors, is_escalated, consequential_calls, started_at, tool_calls >= ${performedCallsOf(RUN)} AS shows_calls,
      consequential_calls = 0 OR ${askedCallsOf(RUN)} > 0 AS is_governed, started_at - min(started_at) OVER () < ${now}::timestamptz - started_at AS is_older
    FROM (SELECT * FROM run WHERE agent_id = ${agentId} AND version_id = ${versionId} AND started_at >= ${from}::timestamptz ORDER BY started_at DESC LIMIT ${MOST_TASKS}) run) newest`;
