// What kinds of things wait, and how is each read from a place on, however many there are?

import type { Prisma } from "../../generated/prisma/client.ts";
import { pool, prisma } from "../database/database.ts";
import { classWord } from "../domain/change-words.ts";
import { may, type Permission } from "../domain/permissions.ts";
import type { ListedApproval } from "../domain/read-first.ts";
import { approvalAnswer, reviewStatus, type ChangeForReview } from "../domain/review-status.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";
import { listActionRequests } from "./action-requests.ts";

export const INBOX_KINDS = ["action", "change", "rollout", "promotion", "finding", "spot_check"] as const;
export type InboxKind = (typeof INBOX_KINDS)[number];

export interface InboxItem {
  key: string;
  kind: InboxKind;
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
  /** Set where a yes can be said in the list. */
  approval?: ListedApproval;
}

/** A place in the order of a section; the item itself need not be there any more. */
export interface InboxPlace {
  rank: number;
  since: string;
  key: string;
}

/** Things of one kind that wait for this person, or for others; the worst class first, then what waits longest. */
export interface InboxSection {
  kind: InboxKind;
  isMine: boolean;
  count: number;
  /** Those behind the place, or with `isBack` those before it, the nearest first. */
  read: (from: InboxPlace | null, isBack: boolean, limit: number) => Promise<InboxItem[]>;
}

/** Of actions and changes, whose order depends on who looks. Far above what a house can have open; what is beyond is only counted. */
const READ = 1_000;
const MARK_RANK: Partial<Record<InboxItem["mark"], number>> = { critical: 0, warning: 1, info: 2 };

export const placeOf = ({ mark, since, key }: Pick<InboxItem, "mark" | "since" | "key">): InboxPlace => ({ rank: MARK_RANK[mark] ?? 3, since, key });

const comparePlaces = (a: InboxPlace, b: InboxPlace): number => a.rank - b.rank || (a.since < b.since ? -1 : a.since > b.since ? 1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

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

/** For which agents this person holds the permission; null for all. */
const agentsOf = (actor: PersonActor, permission: Permission): string[] | null =>
  may(actor, permission, null).ok ? null : Object.keys(actor.owns).filter((agentId) => may(actor, permission, agentId).ok);

/** The changes among which those are that wait for this person. */
export function mayWaitFor(actor: PersonActor): Prisma.ChangeWhereInput {
  const agents = agentsOf(actor, "change:approve");
  return { state: "open", ...(agents === null ? {} : { OR: [{ agentId: { in: agents } }, { agentId: null }] }) };
}

async function waitingChanges(actor: PersonActor, isMineOnly: boolean, now: Date): Promise<InboxItem[]> {
  const changes = await prisma().change.findMany({
    where: isMineOnly ? mayWaitFor(actor) : { state: "open" }, orderBy: { proposedAt: "asc" }, take: READ,
    select: { ...reviewFacts, id: true, kind: true, agentId: true, title: true, class: true, proposedAt: true, authorName: true, isRetroactive: true },
  });
  return changes.map((change) => {
    const canMeet = waitsFor(actor, change, asChangeForReview(change), now);
    const { word, mark } = classWord(change.class);
    return {
      key: change.id, kind: "change", href: paths.change(change.id), word: `${word} change`, mark, sentence: change.title, agentId: change.agentId,
      since: change.proposedAt.toISOString(), expiresAt: change.expiresAt.toISOString(), isMine: canMeet,
      detail: `${change.isRetroactive ? "runs already, " : ""}by ${change.authorName}`, next: canMeet ? "Approve or reject" : change.authorIds.includes(actor.id) ? "Yours, others review it" : "Look",
    };
  });
}

const waitingActions = (actor: PersonActor, isMineOnly: boolean, now: Date): Promise<InboxItem[]> =>
  may(actor, "action:read").ok ? listActionRequests(actor, isMineOnly, now) : Promise.resolve([]);

/** `total`: how many there are, where more are open than were read. */
function inMemory(kind: InboxKind, items: readonly InboxItem[], total: number): InboxSection[] {
  const section = (isMine: boolean): InboxSection => {
    const own = items.filter((item) => item.isMine === isMine).toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b)));
    return {
      kind, isMine, count: isMine ? own.length : own.length + Math.max(0, total - items.length),
      read: (from, isBack, limit) => {
        const behind = own.filter((item) => from === null || (isBack ? comparePlaces(placeOf(item), from) < 0 : comparePlaces(placeOf(item), from) > 0));
        return Promise.resolve(isBack ? behind.toReversed().slice(0, limit) : behind.slice(0, limit));
      },
    };
  };
  return [section(true), section(false)];
}

interface Stored<Row> {
  kind: InboxKind;
  /** Everything open of this kind, as `FROM … WHERE …`. */
  open: string;
  /** True in SQL where it waits for this person; `$1` are the agents, `$2` whether all of them, `$3` the person. */
  mine: string;
  columns: string;
  since: string;
  key: string;
  rank: number;
  asItem: (row: Row, isMine: boolean) => InboxItem;
}

/** Counted whole and read by its place, so that ten thousand cost what fifty do. */
async function inDatabase<Row extends object>(actor: PersonActor, permission: Permission, { kind, open, mine, columns, since, key, rank, asItem }: Stored<Row>): Promise<InboxSection[]> {
  const agents = agentsOf(actor, permission);
  const who = [agents ?? [], agents === null, actor.id];
  // PostgreSQL wants every value named, and not every kind asks for the person.
  const all = `${open} AND $3::text IS NOT NULL`;
  const { rows } = await pool().query<{ mine: number; total: number }>(`SELECT count(*) FILTER (WHERE ${mine})::int AS mine, count(*)::int AS total ${all}`, who);
  const { mine: own = 0, total = 0 } = rows[0] ?? {};
  const section = (isMine: boolean, count: number): InboxSection => ({
    kind, isMine, count,
    read: async (from, isBack, limit) => {
      // All of a kind have one rank: a place of another rank lies before or behind all of them.
      if (count === 0 || limit <= 0 || (from !== null && (isBack ? from.rank < rank : from.rank > rank))) return [];
      const place = from !== null && from.rank === rank ? ` AND (${since}, ${key} COLLATE "C") ${isBack ? "<" : ">"} ($4::timestamptz, $5)` : "";
      const direction = isBack ? "DESC" : "ASC";
      const page = await pool().query<Row>(
        `SELECT ${columns} ${all} AND ${isMine ? "" : "NOT "}(${mine})${place} ORDER BY ${since} ${direction}, ${key} COLLATE "C" ${direction} LIMIT ${limit}`,
        place === "" ? who : [...who, from?.since, from?.key],
      );
      return page.rows.map((row) => asItem(row, isMine));
    },
  });
  return [section(true, own), section(false, total - own)];
}

interface FindingRow { id: string; agentId: string; sentence: string; openedAt: Date; runCount: number; isInReview: boolean; canResolve: boolean }

const openFindings = (actor: PersonActor) =>
  inDatabase<FindingRow>(actor, "finding:resolve", {
    kind: "finding", open: "FROM finding f LEFT JOIN change c ON c.id = f.change_id WHERE f.state = 'open'", since: "f.opened_at", key: "f.id", rank: 0,
    // Once its review is open the change waits for somebody, and the finding only tells why.
    mine: "($2 OR f.agent_id = ANY($1)) AND c.state IS DISTINCT FROM 'open'",
    columns: `f.id, f.agent_id AS "agentId", f.sentence, f.opened_at AS "openedAt", f.run_count AS "runCount", c.state IS NOT DISTINCT FROM 'open' AS "isInReview", ($2 OR f.agent_id = ANY($1)) AS "canResolve"`,
    asItem: (row, isMine) => ({
      key: row.id, kind: "finding", href: paths.finding(row.id), word: "Unreviewed change", mark: "critical", sentence: row.sentence, agentId: row.agentId,
      since: row.openedAt.toISOString(), expiresAt: null, isMine, detail: row.runCount > 0 ? `${row.runCount.toLocaleString("en")} ${row.runCount === 1 ? "run" : "runs"}` : null,
      next: row.isInReview ? "Its review is open" : row.canResolve ? "Review it or close it" : "Look",
    }),
  });

interface RolloutItemRow { id: string; agentId: string; title: string; state: string; reason: string | null; since: Date }

const ROLLOUTS = "FROM rollout o JOIN change c ON c.id = o.change_id";
const ROLLOUT_SINCE = "coalesce(o.step_since, o.planned_at)";
const ROLLOUT_COLUMNS = `o.id, o.agent_id AS "agentId", c.title, o.state, o.reason, ${ROLLOUT_SINCE} AS since`;

/** Planned ones that nobody started, and those that were held. */
const waitingRollouts = (actor: PersonActor) =>
  inDatabase<RolloutItemRow>(actor, "rollout:start", {
    kind: "rollout", open: `${ROLLOUTS} WHERE o.state IN ('planned', 'held')`, since: ROLLOUT_SINCE, key: "o.id", rank: 3, columns: ROLLOUT_COLUMNS,
    mine: "($2 OR o.agent_id = ANY($1)) AND (o.state = 'planned' OR $3 <> ALL(c.author_ids))",
    asItem: ({ id, agentId, title, state, reason, since }, isMine) => ({
      key: id, kind: "rollout", href: paths.rollout(id), word: state === "held" ? "Rollout held" : "Rollout planned", mark: "waiting", sentence: title, agentId, since: since.toISOString(), expiresAt: null, isMine,
      detail: state === "held" ? reason : null, next: !isMine ? "Look" : state === "held" ? "Look and resume it, or abort" : "Start it",
    }),
  });

/** Those that the judge lets go on and whose plan asks for a person's word. */
const waitingPromotions = (actor: PersonActor) =>
  inDatabase<RolloutItemRow>(actor, "rollout:promote", {
    kind: "promotion", since: ROLLOUT_SINCE, key: "o.id", rank: 3, columns: ROLLOUT_COLUMNS,
    open: `${ROLLOUTS} WHERE o.state = 'running' AND o.verdict->>'decision' = 'promote' AND (o.verdict->>'stageIndex')::int = o.stage_index AND o.plan->'stages'->o.stage_index->>'approver' <> 'nobody'`,
    mine: "($2 OR o.agent_id = ANY($1)) AND $3 <> ALL(c.author_ids)",
    asItem: ({ id, agentId, title, since }, isMine) => ({
      key: id, kind: "promotion", href: paths.rollout(id), word: "Promotion", mark: "waiting", sentence: title, agentId, since: since.toISOString(), expiresAt: null, isMine, detail: "the evidence is there", next: isMine ? "Promote it" : "Look",
    }),
  });

interface SpotRow { id: string; agentId: string | null; title: string; authorName: string; proposedAt: Date }

const dueSpotChecks = (actor: PersonActor) =>
  inDatabase<SpotRow>(actor, "spot_check:record", {
    kind: "spot_check", open: "FROM change c WHERE c.spot_check_due AND c.spot_checked_at IS NULL", since: "c.proposed_at", key: "c.id", rank: 2,
    mine: "($2 OR coalesce(c.agent_id = ANY($1), false)) AND $3 <> ALL(c.author_ids)",
    columns: `c.id, c.agent_id AS "agentId", c.title, c.author_name AS "authorName", c.proposed_at AS "proposedAt"`,
    asItem: (row, isMine) => ({
      key: `spot-${row.id}`, kind: "spot_check", href: paths.change(row.id), word: "Spot check", mark: "info", sentence: row.title, agentId: row.agentId,
      since: row.proposedAt.toISOString(), expiresAt: null, isMine, detail: `passed by itself, by ${row.authorName}`, next: isMine ? "Check it" : "Look",
    }),
  });

/** Mine first; in each half actions, for which an agent waits, then changes, rollouts, findings and spot checks. `isMineOnly`: for counting; the half of the others is not whole. */
export async function inboxSections(actor: PersonActor, isMineOnly: boolean, now: Date): Promise<InboxSection[]> {
  const [actions, changes, rollouts, promotions, findings, checks] = await Promise.all([
    waitingActions(actor, isMineOnly, now), waitingChanges(actor, isMineOnly, now), waitingRollouts(actor), waitingPromotions(actor), openFindings(actor), dueSpotChecks(actor),
  ]);
  const [openActions, openChanges] = await Promise.all([
    !isMineOnly && actions.length >= READ ? prisma().action.count({ where: { state: "held", expiresAt: { gt: now } } }) : actions.length,
    !isMineOnly && changes.length >= READ ? prisma().change.count({ where: { state: "open" } }) : changes.length,
  ]);
  const sections = [...inMemory("action", actions, openActions), ...inMemory("change", changes, openChanges), ...rollouts, ...promotions, ...findings, ...checks];
  return sections.toSorted((a, b) => Number(b.isMine) - Number(a.isMine) || INBOX_KINDS.indexOf(a.kind) - INBOX_KINDS.indexOf(b.kind));
}
