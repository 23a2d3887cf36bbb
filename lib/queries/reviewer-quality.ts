// Do people still decide when they are asked, or only agree? By the rule that asks, over ninety days.

import { pool, prisma } from "../database/database.ts";
import { SEED_OUTCOMES, type SeedOutcome } from "../domain/seed-request.ts";

export const QUALITY_DAYS = 90;

export interface RuleQuality {
  agentId: string;
  /** The id of a policy, or the gate's own reason where no policy asked. */
  rule: string;
  isPolicy: boolean;
  approved: number;
  rejected: number;
  /** Nobody decided in time. */
  expired: number;
  /** From the question to the word that decided it; null: nobody decided. */
  medianMs: number | null;
}

export interface ReviewerQuality {
  rules: RuleQuality[];
  /** Requests made by Holdpoint that ought to be refused, by how they ended. */
  seeded: Record<SeedOutcome, number>;
  isCut: boolean;
}

const LISTED = 200;

/** An action that several policies hold counts for each of them. The last word of a person decided, and a taken-back approval is none. */
const QUALITY = `
  WITH word AS (
    SELECT DISTINCT ON (r.action_id) r.action_id, r.verdict, r.at FROM action_review r
    WHERE r.at >= $1 AND r.verdict IN ('approve', 'reject', 'undo') AND r.voided_at IS NULL ORDER BY r.action_id, r.at DESC, r.id DESC
  ),
  decided AS (
    SELECT a.id, a.agent_id, a.policies, a.reason, w.verdict, extract(epoch FROM w.at - a.prepared_at)::float8 * 1000 AS took
    FROM word w JOIN action a ON a.id = w.action_id WHERE w.verdict <> 'undo' AND NOT a.is_seeded AND ($2::text IS NULL OR a.agent_id = $2)
    UNION ALL
    SELECT a.id, a.agent_id, a.policies, a.reason, 'expired', NULL FROM action a
    WHERE a.state = 'expired' AND NOT a.is_seeded AND a.expires_at >= $1 AND a.started_at IS NULL AND ($2::text IS NULL OR a.agent_id = $2) AND NOT EXISTS (SELECT 1 FROM word w WHERE w.action_id = a.id)
  )
  SELECT d.agent_id, coalesce(p.policy, d.reason) AS rule, p.policy IS NOT NULL AS is_policy,
         count(*) FILTER (WHERE d.verdict = 'approve')::int AS approved, count(*) FILTER (WHERE d.verdict = 'reject')::int AS rejected,
         count(*) FILTER (WHERE d.verdict = 'expired')::int AS expired, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.took) AS median
  FROM decided d LEFT JOIN LATERAL unnest(d.policies) AS p(policy) ON true
  GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1, 2 LIMIT ${LISTED + 1}`;

interface Stored {
  agent_id: string; rule: string; is_policy: boolean; approved: number; rejected: number; expired: number; median: number | null;
}

/** `agentId` null: the whole fleet. The rules that ask most often come first. */
export async function getReviewerQuality(agentId: string | null, now: Date): Promise<ReviewerQuality> {
  const since = new Date(now.getTime() - QUALITY_DAYS * 86_400_000);
  const [{ rows }, ended] = await Promise.all([
    pool().query<Stored>(QUALITY, [since, agentId]),
    prisma().seededRequest.groupBy({ by: ["outcome"], where: { revealedAt: { gte: since }, ...(agentId === null ? {} : { agentId }) }, _count: true }),
  ]);
  const countOf = (outcome: SeedOutcome): number => ended.find((group) => group.outcome === outcome)?._count ?? 0;
  return {
    seeded: Object.fromEntries(SEED_OUTCOMES.map((outcome) => [outcome, countOf(outcome)])) as Record<SeedOutcome, number>, isCut: rows.length > LISTED,
    rules: rows.slice(0, LISTED).map((row) => ({
      agentId: row.agent_id, rule: row.rule, isPolicy: row.is_policy, approved: row.approved, rejected: row.rejected, expired: row.expired, medianMs: row.median,
    })),
  };
}
