// What does the agent API show of agents and changes? Only what the asker may see, as JSON.

import { pool, prisma } from "../database/database.ts";
import type { Obligation } from "../domain/review-policy.ts";
import { reviewStatus, type ReviewRecord, type SuiteRecord } from "../domain/review-status.ts";

const PAGE = 100;

/** Agent ids, or `*` for all. */
export type VisibleAgents = readonly string[];

export interface AgentSummary {
  id: string;
  team: string;
  tier: number | null;
  stage: string;
  authority: string;
  version: { number: number; label: string | null; fingerprint: string } | null;
  lastSeenAt: Date | null;
}

/** In the order of ids; `after` is the last id of the page before. */
export async function listAgentSummaries(visible: VisibleAgents, after: string | null): Promise<{ agents: AgentSummary[]; next: string | null }> {
  const { rows } = await pool().query<AgentSummary>(
    `SELECT a.id, coalesce(a.card->>'team', '') AS team, a.tier, a.stage, a.authority_level AS authority, a.last_seen_at AS "lastSeenAt",
       CASE WHEN v.id IS NOT NULL THEN json_build_object('number', v.number, 'label', v.label, 'fingerprint', v.fingerprint) END AS version
     FROM agent a LEFT JOIN agent_version v ON v.id = a.current_version_id
     WHERE a.archived_at IS NULL AND ($1 OR a.id = ANY($2::text[])) AND ($3::text IS NULL OR a.id > $3) ORDER BY a.id LIMIT ${PAGE + 1}`,
    [visible.includes("*"), visible, after],
  );
  return { agents: rows.slice(0, PAGE), next: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null };
}

export async function agentOfChange(changeId: string): Promise<string | null> {
  return (await prisma().change.findUnique({ where: { id: changeId }, select: { agentId: true } }))?.agentId ?? null;
}

const SUMMARY = {
  id: true, kind: true, agentId: true, title: true, state: true, class: true, fingerprint: true, revision: true, authorName: true, reason: true, sourceRef: true,
  isRetroactive: true, proposedAt: true, expiresAt: true, decidedAt: true, decidedBy: true, decidedReason: true,
} as const;

/** Newest first; `before` is the last id of the page before. */
export async function listChangeSummaries(visible: VisibleAgents, { agent, state, before }: { agent?: string | undefined; state?: string | undefined; before?: string | undefined }) {
  const isAll = visible.includes("*");
  const last = before === undefined ? null : await prisma().change.findUnique({ where: { id: before }, select: { proposedAt: true } });
  const rows = await prisma().change.findMany({
    where: {
      ...(isAll ? {} : { agentId: { in: [...visible] } }),
      AND: [agent === undefined ? {} : { agentId: agent }, last ? { proposedAt: { lt: last.proposedAt } } : {}],
      ...(state === undefined ? {} : { state }),
    },
    orderBy: { proposedAt: "desc" }, take: PAGE + 1, select: SUMMARY,
  });
  return { changes: rows.slice(0, PAGE), next: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null };
}

/** With what it still waits for; null when there is none. */
export async function findChangeView(changeId: string, now: Date) {
  const version = { select: { id: true, number: true, label: true, fingerprint: true } } as const;
  const change = await prisma().change.findUnique({
    where: { id: changeId },
    select: {
      ...SUMMARY, proposal: true, facts: true, rules: true, obligations: true, policyRevision: true, authorIds: true, fromVersion: version, toVersion: version,
      reviews: { orderBy: { at: "asc" } }, suiteResults: { orderBy: { at: "asc" } },
    },
  });
  if (!change) return null;
  const { reviews, suiteResults, authorIds, ...rest } = change;
  const status = reviewStatus({
    state: change.state, authorIds, fingerprint: change.fingerprint, expiresAt: change.expiresAt, obligations: change.obligations as unknown as Obligation[],
    approvals: reviews.map((review) => ({ ...review, roles: review.roles as ReviewRecord["roles"], decision: review.decision as ReviewRecord["decision"], voided: review.voidedAt !== null })),
    suiteResults: suiteResults.map((result) => ({ ...result, suite: result.suite as SuiteRecord["suite"] })),
  }, now);
  return {
    ...rest,
    blockers: status.blockers,
    reviews: reviews.map(({ personName, roles, decision, comment, at, voidedAt, fingerprint }) => ({ by: personName, roles, decision, comment, at, fingerprint, isVoid: voidedAt !== null })),
    suiteResults: suiteResults.map(({ suite, fingerprint, passed, failed, undecided, url, recordedBy, at }) => ({ suite, fingerprint, passed, failed, undecided, url, recordedBy, at })),
  };
}
