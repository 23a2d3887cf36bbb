// Which changes are there, and how far has each come?

import type { Prisma } from "../../generated/prisma/client.ts";
import { contains } from "../database/contains.ts";
import { prisma } from "../database/database.ts";
import { isChangeState } from "../domain/change-words.ts";
import { reviewStatus } from "../domain/review-status.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotFound } from "../errors.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";
import { voidedApproval, whyVoid } from "./came-back.ts";
import { idsWaitingFor, mayWaitFor, waitsFor } from "./waiting-changes.ts";

export const CHANGES_PER_PAGE = 50;
/** Of those that wait for the person who looks, before all others. */
export const MOST_WAITING_FIRST = 8;
/** Where most of what is read may wait for others. */
const READ_AT_ONCE = 200;

export interface ChangeFilter {
  /** A state, or "decided" for all but open, or "all". */
  state: string;
  agent: string | null;
  class: string | null;
  kind: string | null;
  /** Part of the author's name. */
  author: string | null;
  /** Only those that wait for the person who looks. */
  isMine: boolean;
  /** Part of the title, the id or the source reference. */
  q: string | null;
}

export interface ChangeRow {
  id: string;
  kind: string;
  agentId: string | null;
  title: string;
  class: string;
  state: string;
  authorName: string;
  sourceRef: string | null;
  isRetroactive: boolean;
  proposedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  met: number;
  obligations: number;
  needsSpotCheck: boolean;
  /** An approval of the person who looks is one that it lacks. */
  waitsForYou: boolean;
}

export interface ChangePage {
  /** On the first page of open ones: what waits for the person who looks, those that end first, and how many there are in all. */
  waiting: { rows: ChangeRow[]; count: number };
  /** Newest first, without those. */
  rows: ChangeRow[];
  older: string | null;
}

function whereOf(filter: ChangeFilter): Prisma.ChangeWhereInput {
  return {
    ...(filter.state === "decided" ? { state: { not: "open" } } : isChangeState(filter.state) ? { state: filter.state } : {}),
    ...(filter.agent ? { agentId: filter.agent } : {}),
    ...(filter.class ? { class: filter.class } : {}),
    ...(filter.kind ? { kind: filter.kind } : {}),
    ...(filter.author ? { authorName: contains(filter.author) } : {}),
    ...(filter.q ? { OR: [{ title: contains(filter.q) }, { id: filter.q }, { sourceRef: contains(filter.q) }] } : {}),
  };
}

/** Time and id of the last row of a page: rows that arrive meanwhile shift nothing. */
function afterCursor(cursor: string | null): Prisma.ChangeWhereInput {
  const [time, id] = (cursor ?? "").split("_ch_");
  const at = new Date(Number(time));
  if (!time || !id || Number.isNaN(at.getTime())) return {};
  return { OR: [{ proposedAt: { lt: at } }, { proposedAt: at, id: { lt: `ch_${id}` } }] };
}

const cursorOf = (row: { proposedAt: Date; id: string }): string => `${row.proposedAt.getTime()}_${row.id}`;

const FACTS = {
  ...reviewFacts, id: true, kind: true, agentId: true, title: true, class: true, authorName: true, sourceRef: true, isRetroactive: true, proposedAt: true,
  decidedAt: true, decidedBy: true, spotCheckDue: true, spotCheckedAt: true,
} satisfies Prisma.ChangeSelect;

type Row = Prisma.ChangeGetPayload<{ select: typeof FACTS }>;

const readBehind = (where: Prisma.ChangeWhereInput, cursor: string | null, take: number): Promise<Row[]> =>
  prisma().change.findMany({ where: { AND: [where, afterCursor(cursor)] }, orderBy: [{ proposedAt: "desc" }, { id: "desc" }], take, select: FACTS });

/** Whose word a change lacks is not known to the database: those that may wait for this person are read until the page is full. */
async function readMine(where: Prisma.ChangeWhereInput, cursor: string | null, actor: PersonActor, now: Date): Promise<Row[]> {
  const mine: Row[] = [];
  for (let place = cursor; ;) {
    const read = await readBehind({ AND: [where, mayWaitFor(actor)] }, place, READ_AT_ONCE);
    mine.push(...read.filter((row) => waitsFor(actor, row, asChangeForReview(row), now)));
    const last = read.at(-1);
    if (mine.length > CHANGES_PER_PAGE || read.length < READ_AT_ONCE || !last) return mine;
    place = cursorOf(last);
  }
}

async function readWaiting(where: Prisma.ChangeWhereInput, actor: PersonActor, now: Date): Promise<{ rows: Row[]; count: number }> {
  const ids = await idsWaitingFor(actor, now);
  if (ids.length === 0) return { rows: [], count: 0 };
  const waiting = { AND: [where, { id: { in: ids } }] };
  const [rows, count] = await Promise.all([
    prisma().change.findMany({ where: waiting, orderBy: [{ expiresAt: "asc" }, { id: "asc" }], take: MOST_WAITING_FIRST, select: FACTS }), prisma().change.count({ where: waiting }),
  ]);
  return { rows, count };
}

function asRow(row: Row, actor: PersonActor, now: Date): ChangeRow {
  const review = asChangeForReview(row);
  const obligations = reviewStatus(review, now).obligations.filter(({ state }) => state !== "afterwards");
  return {
    id: row.id, kind: row.kind, agentId: row.agentId, title: row.title, class: row.class, state: row.state, authorName: row.authorName, sourceRef: row.sourceRef,
    isRetroactive: row.isRetroactive, proposedAt: row.proposedAt.toISOString(), expiresAt: row.expiresAt.toISOString(), decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy, met: obligations.filter((each) => each.state === "met").length, obligations: obligations.length,
    needsSpotCheck: row.spotCheckDue && row.spotCheckedAt === null, waitsForYou: row.state === "open" && waitsFor(actor, row, review, now),
  };
}

/** What waits for the person who looks comes first, once: behind a cursor everything has its place by its time, so that no row is lost when one is decided meanwhile. */
export async function listChanges(filter: ChangeFilter, cursor: string | null, actor: PersonActor, now: Date): Promise<ChangePage> {
  const where = whereOf(filter);
  const waiting = cursor === null && !filter.isMine && (filter.state === "open" || filter.state === "all") ? await readWaiting(where, actor, now) : { rows: [], count: 0 };
  const others = { AND: [where, { id: { notIn: waiting.rows.map(({ id }) => id) } }] };
  const rows = filter.isMine ? await readMine(where, cursor, actor, now) : await readBehind(others, cursor, CHANGES_PER_PAGE + 1);
  const shown = rows.slice(0, CHANGES_PER_PAGE);
  const last = shown.at(-1);
  return {
    waiting: { rows: waiting.rows.map((row) => asRow(row, actor, now)), count: waiting.count }, rows: shown.map((row) => asRow(row, actor, now)),
    older: rows.length > shown.length && last ? cursorOf(last) : null,
  };
}

export async function hasAnyChange(): Promise<boolean> {
  return (await prisma().change.findFirst({ select: { id: true } })) !== null;
}

export interface ChangePulse {
  /** What was read before does not tell what happened since. */
  readAt: string;
  state: string;
  revision: number;
  fingerprint: string;
  events: number;
  decidedBy: string | null;
  /** Why the approval of the person who looks counts no more; null where it counts, or there is none. */
  cameBack: string | null;
}

/** What an open page asks for again and again: has somebody decided or edited? */
export async function getChangePulse(changeId: string, personId: string, now: Date): Promise<ChangePulse> {
  const change = await prisma().change.findUnique({
    where: { id: changeId },
    select: { state: true, revision: true, fingerprint: true, decidedBy: true, reviews: { where: { personId }, select: reviewFacts.reviews.select }, _count: { select: { reviews: true, suiteResults: true } } },
  });
  if (!change) throw new NotFound("There is no such change.");
  const { _count, reviews, ...rest } = change;
  return { readAt: now.toISOString(), ...rest, events: _count.reviews + _count.suiteResults, cameBack: whyVoid(voidedApproval(reviews, personId)) };
}
