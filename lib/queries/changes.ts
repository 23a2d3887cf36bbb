// Which changes are there, and how far has each come?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { isChangeState } from "../domain/change-words.ts";
import { reviewStatus } from "../domain/review-status.ts";
import { NotFound } from "../errors.ts";
import { asChangeForReview, reviewFacts } from "../database/change-for-review.ts";

export const CHANGES_PER_PAGE = 50;

export interface ChangeFilter {
  /** A state, or "decided" for all but open, or "all". */
  state: string;
  agent: string | null;
  class: string | null;
  kind: string | null;
  /** Part of the author's name. */
  author: string | null;
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
}

export interface ChangePage {
  rows: ChangeRow[];
  older: string | null;
}

/** Prisma hands `%` and `_` on as wildcards. */
const contains = (text: string) => ({ contains: text.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const });

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

/** Newest first. */
export async function listChanges(filter: ChangeFilter, cursor: string | null, now: Date): Promise<ChangePage> {
  const rows = await prisma().change.findMany({
    where: { AND: [whereOf(filter), afterCursor(cursor)] }, orderBy: [{ proposedAt: "desc" }, { id: "desc" }], take: CHANGES_PER_PAGE + 1,
    select: {
      ...reviewFacts, id: true, kind: true, agentId: true, title: true, class: true, authorName: true, sourceRef: true, isRetroactive: true, proposedAt: true,
      decidedAt: true, decidedBy: true, spotCheckDue: true, spotCheckedAt: true,
    },
  });
  const shown = rows.slice(0, CHANGES_PER_PAGE);
  const last = shown.at(-1);
  return {
    older: rows.length > shown.length && last ? cursorOf(last) : null,
    rows: shown.map((row) => {
      const obligations = reviewStatus(asChangeForReview(row), now).obligations.filter(({ state }) => state !== "afterwards");
      return {
        id: row.id, kind: row.kind, agentId: row.agentId, title: row.title, class: row.class, state: row.state, authorName: row.authorName, sourceRef: row.sourceRef,
        isRetroactive: row.isRetroactive, proposedAt: row.proposedAt.toISOString(), expiresAt: row.expiresAt.toISOString(), decidedAt: row.decidedAt?.toISOString() ?? null,
        decidedBy: row.decidedBy, met: obligations.filter((each) => each.state === "met").length, obligations: obligations.length,
        needsSpotCheck: row.spotCheckDue && row.spotCheckedAt === null,
      };
    }),
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
}

/** What an open page asks for again and again: has somebody decided or edited? */
export async function getChangePulse(changeId: string, now: Date): Promise<ChangePulse> {
  const change = await prisma().change.findUnique({
    where: { id: changeId }, select: { state: true, revision: true, fingerprint: true, decidedBy: true, _count: { select: { reviews: true, suiteResults: true } } },
  });
  if (!change) throw new NotFound("There is no such change.");
  const { _count, ...rest } = change;
  return { readAt: now.toISOString(), ...rest, events: _count.reviews + _count.suiteResults };
}
