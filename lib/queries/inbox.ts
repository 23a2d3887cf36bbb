// What waits for this person, and what else is open?

import { pool } from "../database/database.ts";
import { INBOX_KINDS, type InboxItem } from "../domain/inbox-item.ts";
import { subjectOfKey } from "../domain/item-key.ts";
import type { PersonActor } from "../domain/roles.ts";
import { inboxSections } from "./inbox-sections.ts";
import { listedApprovals } from "./listed-approvals.ts";
import { readTriage } from "./item-triage.ts";
import { countOf, INBOX_TIERS, placeOf, sooner, type InboxPlace, type InboxSection, type InboxTier } from "./stored-sections.ts";

export const INBOX_TABS = ["all", "mine", "actions", "changes", "findings", "spot_checks", "snoozed"] as const;
export type InboxTab = (typeof INBOX_TABS)[number];

export const isInboxTab = (value: unknown): value is InboxTab => (INBOX_TABS as readonly unknown[]).includes(value);
export const isInboxTier = (value: unknown): value is InboxTier => (INBOX_TIERS as readonly unknown[]).includes(value);

export interface Inbox {
  tab: InboxTab;
  /** Null: of all. */
  tier: InboxTier | null;
  items: InboxItem[];
  /** Of everything that is open, at whatever tier; but for what this person has put off. */
  open: { mine: number; all: number };
  /** At whatever tier; until when the first of them is. */
  snoozed: { count: number; nextAt: string | null };
  /** Of the tier that was asked for, on whatever page. */
  counts: Record<InboxTab, number>;
  /** Of the tab. */
  tiers: Record<InboxTier, number>;
  /** Since when the one waits that waits longest, of the tab and the tier. */
  oldest: string | null;
  /** By people since midnight UTC; told where nothing is listed. */
  decidedToday: number | null;
  /** What is open beyond those that are listed. */
  more: number;
  /** For `before` and `after` of the pages beside this one; null at the ends. */
  newer: string | null;
  older: string | null;
  checkedAt: string;
}

/** At most one of the two cursors. */
export interface InboxAsked {
  tab: InboxTab;
  tier?: InboxTier | null;
  after?: string | null;
  before?: string | null;
}

export const INBOX_PAGE = 50;

const belongsTo: Record<InboxTab, (section: Pick<InboxSection, "kind" | "isMine" | "isSnoozed">) => boolean> = {
  all: ({ isSnoozed }) => !isSnoozed,
  mine: ({ isMine, isSnoozed }) => isMine && !isSnoozed,
  actions: ({ kind, isSnoozed }) => kind === "action" && !isSnoozed,
  changes: ({ kind, isSnoozed }) => (kind === "change" || kind === "rollout" || kind === "promotion") && !isSnoozed,
  findings: ({ kind, isSnoozed }) => kind === "finding" && !isSnoozed,
  spot_checks: ({ kind, isSnoozed }) => kind === "spot_check" && !isSnoozed,
  snoozed: ({ isSnoozed }) => isSnoozed,
};

interface Cursor extends InboxPlace {
  kind: string;
  isMine: boolean;
}

function cursorOf(item: InboxItem): string {
  const { rank, since, key } = placeOf(item);
  return [item.isMine ? "mine" : "others", item.kind, rank, Date.parse(since), key].join("~");
}

/** Null for what is none, so that an old link shows the first page. */
function readCursor(text: string | null | undefined): Cursor | null {
  const [whose, kind = "", rank, sinceMs, ...rest] = (text ?? "").split("~");
  const since = new Date(Number(sinceMs));
  // A spot check is named after its change.
  const key = subjectOfKey(rest.join("~"));
  // The database knows no time and no number beyond these.
  const isPlace = key !== "" && /^[0-3]$/.test(rank ?? "") && since.getTime() >= 0 && since.getTime() < Date.UTC(10_000, 0);
  const isKnown = (whose === "mine" || whose === "others") && INBOX_KINDS.some((known) => known === kind) && isPlace;
  return isKnown ? { isMine: whose === "mine", kind, rank: Number(rank), since: since.toISOString(), key } : null;
}

async function readPage(sections: readonly InboxSection[], cursor: Cursor | null, isBack: boolean, tier: InboxTier | null = null): Promise<InboxItem[]> {
  const inOrder = isBack ? sections.toReversed() : sections;
  const start = cursor === null ? 0 : inOrder.findIndex((section) => section.kind === cursor.kind && section.isMine === cursor.isMine);
  const items: InboxItem[] = [];
  for (const [index, section] of inOrder.slice(Math.max(0, start)).entries()) {
    // One more than is shown tells whether there is another page.
    if (items.length > INBOX_PAGE) break;
    items.push(...(await section.read(index === 0 && start >= 0 ? cursor : null, isBack, INBOX_PAGE + 1 - items.length, tier)));
  }
  return items;
}

const sumOf = (sections: readonly InboxSection[], tab: InboxTab, tier: InboxTier | null = null): number => sections.filter(belongsTo[tab]).reduce((sum, section) => sum + countOf(section, tier), 0);

const DECISIONS = ["action.approved", "action.rejected", "change.approved", "change.rejected", "change.spot_checked", "finding.closed"];

async function countDecidedToday(now: Date): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    "SELECT count(DISTINCT subject)::int AS n FROM log_entry WHERE at >= $1 AND kind = ANY($2) AND actor NOT LIKE 'system:%'", [`${now.toISOString().slice(0, 10)}T00:00:00Z`, DECISIONS]);
  return rows[0]?.n ?? 0;
}

export async function getInboxPage(actor: PersonActor, { tab, tier = null, after, before }: InboxAsked, now: Date): Promise<Inbox> {
  const sections = await inboxSections(actor, now);
  const counts = Object.fromEntries(INBOX_TABS.map((each) => [each, sumOf(sections, each, tier)])) as Record<InboxTab, number>;
  const tiers = Object.fromEntries(INBOX_TIERS.map((each) => [each, sumOf(sections, tab, each)])) as Record<InboxTier, number>;
  const shown = sections.filter(belongsTo[tab]);
  const oldest = shown.flatMap((section) => [...section.tiers].flatMap(([each, at]) => (tier === null || each === tier ? [at.oldest.getTime()] : [])));
  const back = readCursor(before);
  const from = back ?? readCursor(after);
  const read = await readPage(shown, from, back !== null, tier);
  const items = back === null ? read.slice(0, INBOX_PAGE) : read.slice(0, INBOX_PAGE).toReversed();
  const [first, last] = [items[0], items.at(-1)];
  const isMore = read.length > INBOX_PAGE;
  return {
    tab, tier, items: await withNotes(actor, items, now), open: { mine: sumOf(sections, "mine"), all: sumOf(sections, "all") }, counts, tiers, more: Math.max(0, counts[tab] - items.length), checkedAt: now.toISOString(),
    snoozed: { count: sumOf(sections, "snoozed"), nextAt: sections.map(({ nextAt }) => nextAt).reduce(sooner, null)?.toISOString() ?? null },
    oldest: oldest.length === 0 ? null : new Date(Math.min(...oldest)).toISOString(), decidedToday: items.length === 0 ? await countDecidedToday(now) : null,
    newer: first && (back === null ? from !== null : isMore) ? cursorOf(first) : null, older: last && (back !== null || isMore) ? cursorOf(last) : null,
  };
}

/** A row of a page has what its yes is for, and what people noted on it; one that has to be read first leads to its page only. */
async function withNotes(actor: PersonActor, items: InboxItem[], now: Date): Promise<InboxItem[]> {
  const [approvals, triageOf] = await Promise.all([listedApprovals(items.flatMap(({ kind, isMine, key }) => (kind === "action" && isMine ? [key] : []))), readTriage(actor, items.map(({ key }) => key), now)]);
  return items.map((item) => {
    const approval = approvals.get(item.key);
    return { ...item, triage: triageOf(item), ...(approval && { approval }) };
  });
}

/** The first page. */
export const getInbox = (actor: PersonActor, tab: InboxTab, now: Date): Promise<Inbox> => getInboxPage(actor, { tab }, now);

export interface NextInInbox {
  next: InboxItem | null;
  left: number;
}

/** What waits for this person behind one that need not wait any more; past the end the inbox begins again. An action that follows is told without its arguments. */
export async function findNextMine(actor: PersonActor, gone: Pick<InboxItem, "kind" | "mark" | "since" | "key">, now: Date): Promise<NextInInbox> {
  const mine = (await inboxSections(actor, now)).filter(belongsTo.mine);
  const read = async (from: Cursor | null) => (await readPage(mine, from, false)).find(({ key }) => key !== gone.key);
  const next = (await read({ kind: gone.kind, isMine: true, ...placeOf(gone) })) ?? (await read(null)) ?? null;
  return { next, left: sumOf(mine, "mine") };
}

/** What waits for this person, for the navigation. */
export async function countInbox(actor: PersonActor, now: Date): Promise<number> {
  return sumOf(await inboxSections(actor, now), "mine");
}
