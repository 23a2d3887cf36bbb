// Which re-review policy is in force, which were before, and on what would another one be tried?

import { prisma } from "../database/database.ts";
import { reviewPolicyInForce } from "../database/review-policy-in-force.ts";
import type { Fact } from "../domain/fact.ts";
import { entriesOfPolicy, readPolicy } from "../domain/entries-of-policy.ts";
import { layOutEntryDiff } from "../domain/lay-out-entry-diff.ts";
import type { LaidOutDiff } from "../domain/lay-out-text-diff.ts";
import type { ReviewPolicy } from "../domain/review-policy.ts";

export interface PolicyRevision {
  revision: number;
  digest: string;
  effectiveAt: string;
  change: { id: string; authorName: string; decidedBy: string | null; reason: string | null } | null;
}

export interface PolicyView {
  revision: number;
  policy: ReviewPolicy;
  /** Newest first. */
  revisions: PolicyRevision[];
  /** The proposal that waits, if there is one. */
  open: { id: string; authorName: string; proposedAt: string } | null;
}

export async function getReviewPolicy(): Promise<PolicyView> {
  const [inForce, rows, open] = await Promise.all([
    reviewPolicyInForce(prisma()),
    prisma().reviewPolicy.findMany({ orderBy: { revision: "desc" }, take: 50, select: { revision: true, digest: true, effectiveAt: true, changeId: true } }),
    prisma().change.findFirst({ where: { kind: "review_policy", state: "open" }, select: { id: true, authorName: true, proposedAt: true } }),
  ]);
  const changes = await prisma().change.findMany({
    where: { id: { in: rows.flatMap((row) => row.changeId ?? []) } }, select: { id: true, authorName: true, decidedBy: true, reason: true },
  });
  return {
    ...inForce,
    revisions: rows.map((row) => ({
      revision: row.revision, digest: row.digest, effectiveAt: row.effectiveAt.toISOString(), change: changes.find((change) => change.id === row.changeId) ?? null,
    })),
    open: open && { ...open, proposedAt: open.proposedAt.toISOString() },
  };
}

/** A past change with what a policy judges it by. */
export interface PastChange {
  id: string;
  title: string;
  proposedAt: string;
  class: string;
  obligations: number;
  facts: Fact[];
}

const TRIED_ON = 20;

/** The last version changes with their stored facts, one of each kind: more of a kind never changes the class. */
export async function listPastChanges(): Promise<PastChange[]> {
  const rows = await prisma().change.findMany({
    where: { kind: "version" }, orderBy: { proposedAt: "desc" }, take: TRIED_ON,
    select: { id: true, title: true, proposedAt: true, class: true, obligations: true, facts: true },
  });
  return rows.map((row) => {
    const facts = row.facts as unknown as Fact[];
    return {
      id: row.id, title: row.title, proposedAt: row.proposedAt.toISOString(), class: row.class, obligations: Array.isArray(row.obligations) ? row.obligations.length : 0,
      facts: facts.filter((fact, index) => facts.findIndex((other) => other.kind === fact.kind) === index),
    };
  });
}

/** Null when either cannot be read. */
export async function comparePolicies(revision: number, proposal: unknown): Promise<LaidOutDiff | null> {
  const row = await prisma().reviewPolicy.findUnique({ where: { revision }, select: { content: true } });
  const before = readPolicy(row?.content);
  const after = readPolicy(proposal);
  return before && after ? layOutEntryDiff(entriesOfPolicy(before), entriesOfPolicy(after)) : null;
}
