// What waits for this person, and what else is open?

import { prisma } from "../database/database.ts";
import { classWord } from "../domain/change-words.ts";
import { may, type Permission } from "../domain/permissions.ts";
import { approvalAnswer, reviewStatus, type ChangeForReview } from "../domain/review-status.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";

export const INBOX_TABS = ["all", "mine", "findings", "spot_checks"] as const;
export type InboxTab = (typeof INBOX_TABS)[number];

export const isInboxTab = (value: unknown): value is InboxTab => (INBOX_TABS as readonly unknown[]).includes(value);

export interface InboxItem {
  key: string;
  kind: "change" | "finding" | "spot_check";
  href: string;
  /** The change's class, or what kind of thing it is. */
  word: string;
  mark: "critical" | "warning" | "info" | "waiting" | "met" | "rejected" | "expired" | "open";
  sentence: string;
  agentId: string | null;
  since: string;
  expiresAt: string | null;
  detail: string | null;
  /** Waits for this person. */
  isMine: boolean;
  next: string;
}

export interface Inbox {
  tab: InboxTab;
  items: InboxItem[];
  counts: Record<InboxTab, number>;
  /** What is open beyond those that are listed. */
  more: number;
  checkedAt: string;
}

const LISTED = 100;
/** Far above what a house can have open; beyond it the list says that there is more. */
const READ = 1_000;

/** Whether an approval of this person would bring the change further: a role that somebody else has met already does not. */
function wouldHelp(actor: PersonActor, agentId: string | null, review: ChangeForReview, now: Date): boolean {
  const answer = approvalAnswer({ personId: actor.id, roles: rolesHeld(actor, agentId) }, review, now);
  if (!answer.ok) return false;
  const reviews = reviewStatus(review, now).obligations.flatMap(({ obligation, state }) => (obligation.kind === "review" ? [{ role: obligation.role, state }] : []));
  return reviews.length === 0 || reviews.some(({ role, state }) => state !== "met" && answer.roles.includes(role));
}

/** Which agents a permission could concern: all, or those this person owns. */
function reach(actor: PersonActor, permission: Permission, isMineOnly: boolean): { agentId?: { in: string[] } } {
  return !isMineOnly || may(actor, permission, null).ok ? {} : { agentId: { in: Object.keys(actor.owns) } };
}

async function waitingChanges(actor: PersonActor, isMineOnly: boolean, now: Date): Promise<InboxItem[]> {
  const mine = { OR: [reach(actor, "change:approve", true), { agentId: null }] };
  const changes = await prisma().change.findMany({
    where: { state: "open", ...(isMineOnly ? mine : {}) }, orderBy: { proposedAt: "asc" }, take: READ,
    select: { ...reviewFacts, id: true, kind: true, agentId: true, title: true, class: true, proposedAt: true, authorName: true, isRetroactive: true },
  });
  return changes.map((change) => {
    const permission = change.kind === "review_policy" ? "review_policy:approve" : "change:approve";
    const canMeet = may(actor, permission, change.agentId).ok && wouldHelp(actor, change.agentId, asChangeForReview(change), now);
    const { word, mark } = classWord(change.class);
    return {
      key: change.id, kind: "change", href: paths.change(change.id), word: `${word} change`, mark, sentence: change.title, agentId: change.agentId,
      since: change.proposedAt.toISOString(), expiresAt: change.expiresAt.toISOString(), isMine: canMeet,
      detail: `${change.isRetroactive ? "runs already, " : ""}by ${change.authorName}`, next: canMeet ? "Approve or reject" : change.authorId === actor.id ? "Yours, others review it" : "Look",
    };
  });
}

async function openFindings(actor: PersonActor, isMineOnly: boolean): Promise<InboxItem[]> {
  const findings = await prisma().finding.findMany({
    where: { state: "open", ...reach(actor, "finding:resolve", isMineOnly) }, orderBy: { openedAt: "asc" }, take: READ,
    select: { id: true, agentId: true, sentence: true, openedAt: true, runCount: true, change: { select: { state: true } } },
  });
  return findings.map((finding) => {
    // Once its review is open the change waits for somebody, and the finding only tells why.
    const isInReview = finding.change?.state === "open";
    const canResolve = may(actor, "finding:resolve", finding.agentId).ok;
    return {
      key: finding.id, kind: "finding", href: paths.finding(finding.id), word: "Unreviewed change", mark: "critical", sentence: finding.sentence, agentId: finding.agentId,
      since: finding.openedAt.toISOString(), expiresAt: null, isMine: canResolve && !isInReview,
      detail: finding.runCount > 0 ? `${finding.runCount.toLocaleString("en")} ${finding.runCount === 1 ? "run" : "runs"}` : null,
      next: isInReview ? "Its review is open" : canResolve ? "Review it or close it" : "Look",
    };
  });
}

async function dueSpotChecks(actor: PersonActor, isMineOnly: boolean): Promise<InboxItem[]> {
  const changes = await prisma().change.findMany({
    where: { spotCheckDue: true, spotCheckedAt: null, ...reach(actor, "spot_check:record", isMineOnly) }, orderBy: { proposedAt: "asc" }, take: READ,
    select: { id: true, agentId: true, title: true, authorId: true, authorName: true, proposedAt: true },
  });
  return changes.map((change) => {
    const canCheck = may(actor, "spot_check:record", change.agentId).ok && change.authorId !== actor.id;
    return {
      key: `spot-${change.id}`, kind: "spot_check", href: paths.change(change.id), word: "Spot check", mark: "info", sentence: change.title, agentId: change.agentId,
      since: change.proposedAt.toISOString(), expiresAt: null, isMine: canCheck, detail: `passed by itself, by ${change.authorName}`, next: canCheck ? "Check it" : "Look",
    };
  });
}

/** Mine first, then changes, findings and spot checks; of equals the worst class, then what waits longest. */
const KIND_RANK: Record<InboxItem["kind"], number> = { change: 0, finding: 1, spot_check: 2 };
const MARK_RANK: Partial<Record<InboxItem["mark"], number>> = { critical: 0, warning: 1, info: 2 };

function byUrgency(a: InboxItem, b: InboxItem): number {
  return (
    Number(b.isMine) - Number(a.isMine) || KIND_RANK[a.kind] - KIND_RANK[b.kind] || (MARK_RANK[a.mark] ?? 3) - (MARK_RANK[b.mark] ?? 3) ||
    (a.since < b.since ? -1 : a.since > b.since ? 1 : a.key < b.key ? -1 : 1)
  );
}

/** `isMineOnly` leaves out what cannot be this person's, and may still hold what is not. */
async function everything(actor: PersonActor, isMineOnly: boolean, now: Date): Promise<InboxItem[]> {
  const parts = await Promise.all([waitingChanges(actor, isMineOnly, now), openFindings(actor, isMineOnly), dueSpotChecks(actor, isMineOnly)]);
  return parts.flat().toSorted(byUrgency);
}

const belongsTo: Record<InboxTab, (item: InboxItem) => boolean> = {
  all: () => true,
  mine: (item) => item.isMine,
  findings: (item) => item.kind === "finding",
  spot_checks: (item) => item.kind === "spot_check",
};

export async function getInbox(actor: PersonActor, tab: InboxTab, now: Date): Promise<Inbox> {
  const items = await everything(actor, false, now);
  const counts = Object.fromEntries(INBOX_TABS.map((each) => [each, items.filter(belongsTo[each]).length])) as Record<InboxTab, number>;
  const shown = items.filter(belongsTo[tab]);
  return { tab, items: shown.slice(0, LISTED), counts, more: Math.max(0, shown.length - LISTED), checkedAt: now.toISOString() };
}

/** What waits for this person, for the navigation. */
export async function countInbox(actor: PersonActor, now: Date): Promise<number> {
  return (await everything(actor, true, now)).filter((item) => item.isMine).length;
}
