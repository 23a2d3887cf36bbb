// What is known about an agent so far that a judgement of it could rest on? Counts over everything recorded; no score.

import { pool } from "../database/database.ts";

export interface TrustEvidence {
  runs: number;
  /** Runs on a recipe that a review approved. */
  reviewedRuns: number;
  /** Runs of which somebody or something said how they ended. */
  outcomesKnown: number;
  failures: number;
  escalations: number;
  toolCalls: number;
  actionErrors: number;
  /** Verdicts of people that still count, and on how many changes. */
  reviews: number;
  changesReviewed: number;
  /** When a point of this agent last confirmed a stop or drill that was proven. */
  stopProvenAt: Date | null;
}

export async function getTrustEvidence(agentId: string): Promise<TrustEvidence> {
  const { rows } = await pool().query<TrustEvidence>(
    `SELECT coalesce(r.runs, 0)::int AS runs, coalesce(r.runs - r.unreviewed, 0)::int AS "reviewedRuns", coalesce(r.outcomes, 0)::int AS "outcomesKnown", coalesce(r.failures, 0)::int AS failures,
            coalesce(r.escalated, 0)::int AS escalations, coalesce(r.calls, 0)::int AS "toolCalls", coalesce(r.errors, 0)::int AS "actionErrors", v.reviews, v.changes AS "changesReviewed",
            greatest(
              (SELECT max(s.proven_at) FROM stop s JOIN stop_confirmation c ON c.stop_id = s.id WHERE c.agent_id = $1),
              (SELECT max(d.ended_at) FROM enforcement_point e JOIN rehearsal_answer w ON w.point_id = e.id JOIN rehearsal d ON d.id = w.rehearsal_id WHERE e.agent_id = $1 AND d.kind = 'drill' AND d.is_proven)
            ) AS "stopProvenAt"
     FROM (SELECT sum(runs) AS runs, sum(unreviewed) AS unreviewed, sum(successes + failures) AS outcomes, sum(failures) AS failures, sum(escalated) AS escalated, sum(tool_calls) AS calls, sum(action_errors) AS errors
           FROM rollup WHERE agent_id = $1) r,
          (SELECT count(*)::int AS reviews, count(DISTINCT change_id)::int AS changes FROM review JOIN change ON change.id = review.change_id WHERE change.agent_id = $1 AND review.voided_at IS NULL) v`,
    [agentId],
  );
  const [row] = rows;
  if (!row) throw new Error("sums always have one row");
  return row;
}
