// What does a reviewer need to see of one change, and what may this person do about it?

import { z } from "zod";
import type { Prisma } from "../../generated/prisma/client.ts";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { namingWhomToAsk } from "../database/whom-to-ask.ts";
import { computeAuthority } from "../domain/authority.ts";
import type { AuthorityLevel } from "../domain/authority-level.ts";
import { IS_AUTHOR } from "../domain/change-authors.ts";
import { RAN_ALREADY } from "../domain/change-words.ts";
import type { Fact } from "../domain/fact.ts";
import { layOutDiff, type LaidOutRecipes } from "../domain/lay-out-diff.ts";
import { may, type Answer } from "../domain/permissions.ts";
import { approvalAnswer, reviewStatus, type ChangeForReview, type ObligationStatus } from "../domain/review-status.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import type { Asker } from "../domain/whom-to-ask.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";
import { findCameBack, voidedApproval, whyVoid, type CameBack } from "./came-back.ts";
import type { ChangePulse } from "./changes.ts";
import { readComments } from "./item-comments.ts";
import { listReviewers, type Reviewer } from "./reviewers.ts";

const ruleSchema = z.array(z.object({ id: z.string(), title: z.string(), facts: z.array(z.string()).catch([]) })).catch([]);

const fields = {
  ...reviewFacts, id: true, kind: true, agentId: true, fromVersionId: true, toVersionId: true, proposal: true, title: true, class: true, facts: true, rules: true,
  policyRevision: true, authorName: true, sourceRef: true, reason: true, isRetroactive: true, proposedAt: true, revision: true, decidedAt: true, decidedBy: true,
  decidedReason: true, spotCheckDue: true, spotCheckedBy: true, spotCheckedAt: true, firstSeenLiveAt: true,
  agent: { select: { stage: true, tier: true } },
  fromVersion: { select: { number: true, label: true } },
  toVersion: { select: { number: true, label: true, source: true } },
  findings: { select: { id: true, sentence: true, state: true }, take: 20 },
} satisfies Prisma.ChangeSelect;

type StoredChange = Prisma.ChangeGetPayload<{ select: typeof fields }>;

export interface HistoryEvent {
  at: Date;
  who: string;
  what: string;
  comment: string | null;
  fingerprint: string | null;
  /** Why it no longer counts. */
  voidedReason: string | null;
}

export interface Meanwhile {
  level: AuthorityLevel;
  /** What the agent would be allowed if this change did not exist. */
  without: AuthorityLevel;
  /** What the change itself caps it at; null when it sets no limit. */
  cap: AuthorityLevel | null;
  because: string;
}

export interface ChangeView {
  change: Omit<StoredChange, "facts" | "rules" | "reviews" | "suiteResults" | "obligations">;
  facts: Fact[];
  rules: { id: string; title: string }[];
  obligations: ObligationStatus[];
  blockers: string[];
  isExpired: boolean;
  approve: Answer;
  reject: Answer;
  withdraw: Answer;
  edit: Answer;
  recordSuite: Answer;
  spotCheck: Answer;
  reviewers: Reviewer[];
  meanwhile: Meanwhile | null;
  history: HistoryEvent[];
  /** The last word of the person who looks, as far as it counts. */
  ownDecision: "approve" | "reject" | null;
  /** Their approval was void before they looked; of an open change only. */
  cameBack: CameBack | null;
  pulse: ChangePulse;
}

function allowances({ actor }: Asker, change: StoredChange, review: ChangeForReview, now: Date) {
  const isPolicy = change.kind === "review_policy";
  const permitted = may(actor, isPolicy ? "review_policy:approve" : "change:approve", change.agentId);
  const answer = approvalAnswer({ personId: actor.id, roles: rolesHeld(actor, change.agentId) }, review, now);
  const closed: Answer | null = change.state === "open" ? null : { ok: false, reason: `This change is ${change.state}.` };
  // The reason that belongs to the case says more than the one of the table.
  const approve: Answer = answer.ok ? (permitted.ok ? { ok: true } : permitted) : answer;
  const own: Answer | null = change.authorIds.includes(actor.id) ? { ok: false, reason: `${IS_AUTHOR}; withdraw it instead.` } : null;
  return {
    approve,
    reject: closed ?? own ?? may(actor, isPolicy ? "review_policy:approve" : "change:reject", change.agentId),
    withdraw: closed ?? may(actor, "change:withdraw", change.agentId),
    edit: closed ?? (change.isRetroactive ? { ok: false, reason: RAN_ALREADY } : may(actor, "version:register", change.agentId)),
    recordSuite: closed ?? may(actor, "change:record_suite", change.agentId),
    spotCheck: spotCheckAnswer(actor, change),
  };
}

function spotCheckAnswer(actor: PersonActor, change: StoredChange): Answer {
  if (change.authorIds.includes(actor.id)) return { ok: false, reason: `${IS_AUTHOR}; somebody else checks it.` };
  return may(actor, "spot_check:record", change.agentId);
}

async function meanwhileOf(change: StoredChange, now: Date): Promise<Meanwhile | null> {
  if (change.agentId === null || change.state !== "open") return null;
  const facts = await loadAuthorityFacts(prisma(), change.agentId, now);
  const authority = computeAuthority(facts, now);
  const without = computeAuthority({ ...facts, openChanges: facts.openChanges.filter((open) => open.id !== change.id) }, now);
  return { level: authority.level, without: without.level, cap: facts.openChanges.find((open) => open.id === change.id)?.cap ?? null, because: authority.binding.because };
}

const WORDS_OF_LOG: Record<string, string> = {
  "change.proposed": "proposed it", "change.edited": "edited the proposal", "change.withdrawn": "withdrew it", "change.expired": "let it expire: nobody decided in time",
  "change.spot_checked": "spot-checked it",
};

/** Reviews, suites and comments from their own tables, because the log does not know what was voided later; everything else from the log. */
async function historyOf(change: StoredChange): Promise<HistoryEvent[]> {
  const entries = await prisma().logEntry.findMany({
    where: { subject: change.id, kind: { in: Object.keys(WORDS_OF_LOG) } }, orderBy: { index: "desc" }, take: 100, select: { at: true, kind: true, actor: true, body: true },
  });
  const nothing = { comment: null, fingerprint: null, voidedReason: null };
  const comments = await readComments(change.id);
  const people = await prisma().person.findMany({
    where: { id: { in: entries.flatMap((entry) => (entry.actor.startsWith("person:") ? [entry.actor.slice(7)] : [])) } }, select: { id: true, name: true },
  });
  const nameOf = (actor: string): string =>
    actor.startsWith("system:") ? "Holdpoint" : (people.find((person) => `person:${person.id}` === actor)?.name ?? (actor.startsWith("key:") ? "A pipeline" : actor));
  return [
    ...entries.map((entry) => ({ ...nothing, at: entry.at, who: nameOf(entry.actor), what: WORDS_OF_LOG[entry.kind] ?? entry.kind })),
    ...comments.map(({ at, who, text }) => ({ ...nothing, at, who, what: "commented", comment: text })),
    ...change.reviews.map((review) => ({
      at: review.at, who: review.personName, what: review.decision === "approve" ? "approved it" : "rejected it", comment: review.comment,
      fingerprint: review.fingerprint, voidedReason: review.voidedAt ? (review.voidedReason ?? "It is void.") : null,
    })),
    ...change.suiteResults.map((result) => ({
      ...nothing, at: result.at, who: result.recordedBy, fingerprint: result.fingerprint, comment: result.url,
      what: `recorded the ${result.suite.replace("_", "-")} suite: ${result.passed} passed, ${result.failed} failed, ${result.undecided} undecided`,
    })),
  ].toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

/** A no ends the change, so it is the last word. */
function ownDecisionOf(actor: PersonActor, reviews: StoredChange["reviews"]): ChangeView["ownDecision"] {
  const own = reviews.filter(({ personId, voidedAt }) => personId === actor.id && voidedAt === null);
  return own.length === 0 ? null : own.some(({ decision }) => decision === "reject") ? "reject" : "approve";
}

/** Null when there is no such change. */
export async function findChange(changeId: string, actor: PersonActor, now: Date): Promise<ChangeView | null> {
  const stored = await prisma().change.findUnique({ where: { id: changeId }, select: fields });
  if (!stored) return null;
  const review = asChangeForReview(stored);
  const status = reviewStatus(review, now);
  const [answers, reviewers, meanwhile, history, cameBack] = await Promise.all([
    namingWhomToAsk({ actor }, stored.agentId, (person) => allowances(person, stored, review, now), now),
    listReviewers(stored, review, actor, now), meanwhileOf(stored, now), historyOf(stored), stored.state === "open" ? findCameBack(stored, actor.id) : null,
  ]);
  const { facts, rules, reviews, suiteResults, obligations: _obligations, ...change } = stored;
  return {
    change, facts: facts as unknown as Fact[], rules: ruleSchema.parse(rules), obligations: status.obligations, blockers: status.blockers,
    isExpired: status.state === "expired", ...answers, reviewers, meanwhile, history, ownDecision: ownDecisionOf(actor, reviews), cameBack,
    pulse: {
      readAt: now.toISOString(), state: stored.state, revision: stored.revision, fingerprint: stored.fingerprint, events: reviews.length + suiteResults.length, decidedBy: stored.decidedBy,
      cameBack: whyVoid(voidedApproval(reviews, actor.id)),
    },
  };
}

/** Both recipes side by side; `isWhole` keeps unchanged lines. */
export async function layOutChange(versions: { fromVersionId: string | null; toVersionId: string | null }, isWhole: boolean): Promise<LaidOutRecipes | null> {
  if (versions.toVersionId === null) return null;
  const [before, after] = await Promise.all([
    versions.fromVersionId === null ? [] : versionComponents(prisma(), versions.fromVersionId), versionComponents(prisma(), versions.toVersionId),
  ]);
  return layOutDiff(before, after, isWhole);
}
