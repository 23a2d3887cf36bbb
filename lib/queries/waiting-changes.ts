// Which changes are open, and which of them lack the word of the person who looks?

import type { Prisma } from "../../generated/prisma/client.ts";
import { pool, prisma } from "../database/database.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";
import { classWord } from "../domain/change-words.ts";
import { may } from "../domain/permissions.ts";
import { approvalAnswer, reviewStatus, type ChangeForReview } from "../domain/review-status.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import { OWNER_ROLES, type PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import type { Snoozes } from "./snoozes.ts";
import { agentsOf, storedSections, whoLooks, type InboxSection } from "./stored-sections.ts";

/** Whether an approval of this person would bring the change further: a role that somebody else has met already does not. */
function wouldHelp(actor: PersonActor, agentId: string | null, review: ChangeForReview, now: Date): boolean {
  const answer = approvalAnswer({ personId: actor.id, roles: rolesHeld(actor, agentId) }, review, now);
  if (!answer.ok) return false;
  const reviews = reviewStatus(review, now).obligations.flatMap(({ obligation, state }) => (obligation.kind === "review" ? [{ role: obligation.role, state }] : []));
  return reviews.length === 0 || reviews.some(({ role, state }) => state !== "met" && answer.roles.includes(role));
}

/** Whether it waits for this person: they may approve it, and their yes is one that it lacks. */
export function waitsFor(actor: PersonActor, change: { kind: string; agentId: string | null }, review: ChangeForReview, now: Date): boolean {
  const permission = change.kind === "review_policy" ? "review_policy:approve" : "change:approve";
  return may(actor, permission, change.agentId).ok && wouldHelp(actor, change.agentId, review, now);
}

/** The changes among which those are that wait for this person. */
export function mayWaitFor(actor: PersonActor): Prisma.ChangeWhereInput {
  const agents = agentsOf(actor, "change:approve");
  return { state: "open", ...(agents === null ? {} : { OR: [{ agentId: { in: agents } }, { agentId: null }] }) };
}

/** Which roles the approvals given so far have met is not for the database to find out: the changes that lack somebody else's word only. */
async function metWithout(actor: PersonActor, now: Date): Promise<string[]> {
  const begun = await prisma().change.findMany({
    where: { ...mayWaitFor(actor), expiresAt: { gt: now }, NOT: { authorIds: { has: actor.id } }, reviews: { some: { decision: "approve", voidedAt: null, personId: { not: actor.id } } } },
    select: { ...reviewFacts, id: true, kind: true, agentId: true },
  });
  return begun.filter((change) => !waitsFor(actor, change, asChangeForReview(change), now)).map(({ id }) => id);
}

/** Each with its agent before it; before those of the house there is none. */
const rolesByAgent = (actor: PersonActor): string[] => {
  const of = (agentId: string | null) => {
    const roles = rolesHeld(actor, agentId);
    const isOwner = OWNER_ROLES.some((role) => roles.includes(role));
    return [...roles, ...(isOwner ? ["any_reviewer"] : [])].map((role) => `${agentId ?? ""} ${role}`);
  };
  return [null, ...Object.keys(actor.owns)].flatMap(of);
};

const ASKED_ROLES = `jsonb_path_query(c.obligations, '$[*] ? (@.kind == "review")')`;

/** `waitsFor` in SQL, for any number of them. */
const WAITS = `CASE WHEN c.kind = 'review_policy' THEN $5::boolean ELSE $2 OR coalesce(c.agent_id = ANY($1), false) END AND c.expires_at > $4 AND $3 <> ALL(c.author_ids) AND c.id <> ALL($7::text[])
  AND CASE WHEN jsonb_path_exists(c.obligations, '$[*] ? (@.kind == "review")') THEN EXISTS (SELECT FROM ${ASKED_ROLES} AS asked WHERE coalesce(c.agent_id, '') || ' ' || (asked->>'role') = ANY($6))
    ELSE coalesce(c.agent_id, '') || ' any_reviewer' = ANY($6) END
  AND NOT EXISTS (SELECT FROM review r WHERE r.change_id = c.id AND r.person_id = $3 AND r.voided_at IS NULL AND r.fingerprint = c.fingerprint)`;

/** Values of `$4` to `$7`. */
const waitsValues = async (actor: PersonActor, now: Date): Promise<unknown[]> => [now, may(actor, "review_policy:approve").ok, rolesByAgent(actor), await metWithout(actor, now)];

/** What is asked of the database by id, in one statement. */
const MOST_IDS = 5_000;

/** The changes that wait for this person, those that end first. */
export async function idsWaitingFor(actor: PersonActor, now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `SELECT c.id FROM change c WHERE c.state = 'open' AND (${WAITS}) ORDER BY c.expires_at, c.id LIMIT ${MOST_IDS}`, [...whoLooks(actor, "change:approve"), ...(await waitsValues(actor, now))]);
  return rows.map(({ id }) => id);
}

interface ChangeItemRow { id: string; agentId: string | null; title: string; class: string; proposedAt: Date; expiresAt: Date; authorName: string; isAuthor: boolean; isRetroactive: boolean; cameBack: boolean }

export async function waitingChanges(actor: PersonActor, snoozes: Snoozes, now: Date): Promise<InboxSection[]> {
  return storedSections<ChangeItemRow>(actor, "change:approve", snoozes, {
    kind: "change", open: "FROM change c WHERE c.state = 'open'", mine: WAITS, values: await waitsValues(actor, now),
    agent: "c.agent_id", since: "c.proposed_at", key: "c.id", rank: "CASE c.class WHEN 'harmless' THEN 2 WHEN 'material' THEN 1 ELSE 0 END",
    columns: `c.id, c.agent_id AS "agentId", c.title, c.class, c.proposed_at AS "proposedAt", c.expires_at AS "expiresAt", c.author_name AS "authorName", $3 = ANY(c.author_ids) AS "isAuthor", c.is_retroactive AS "isRetroactive",
      EXISTS (SELECT FROM review r WHERE r.change_id = c.id AND r.person_id = $3 AND r.decision = 'approve' AND r.voided_at IS NOT NULL) AS "cameBack"`,
    asItems: (rows, isMine) => rows.map((row) => {
      const { word, mark } = classWord(row.class);
      return {
        key: row.id, kind: "change", href: paths.change(row.id), word: `${word} change`, mark, sentence: row.title, agentId: row.agentId, since: row.proposedAt.toISOString(), expiresAt: row.expiresAt.toISOString(), isMine,
        detail: `${isMine && row.cameBack ? "came back to you, your approval is void, " : ""}${row.isRetroactive ? "runs already, " : ""}by ${row.authorName}`, next: isMine ? "Approve or reject" : row.isAuthor ? "Yours, others review it" : "Look",
      };
    }),
  });
}
