// How are the open things of one kind counted, and read from a place on, however many there are?

import { pool } from "../database/database.ts";
import type { InboxItem, InboxKind } from "../domain/inbox-item.ts";
import { may, type Permission } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import type { Snoozes } from "./snoozes.ts";

/** Of the agent that a thing is about; `none` where it has none, and for what is about no agent. */
export const INBOX_TIERS = ["0", "1", "2", "none"] as const;
export type InboxTier = (typeof INBOX_TIERS)[number];

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
  /** What this person has put off. */
  isSnoozed: boolean;
  /** Until when the first of those is put off; null where none is. */
  nextAt: Date | null;
  /** Only of the tiers of which something waits. */
  tiers: ReadonlyMap<InboxTier, { count: number; oldest: Date }>;
  /** Those behind the place, or with `isBack` those before it, the nearest first; of all tiers, or of one. */
  read: (from: InboxPlace | null, isBack: boolean, limit: number, tier?: InboxTier | null) => Promise<InboxItem[]>;
}

export function countOf({ tiers }: Pick<InboxSection, "tiers">, tier: InboxTier | null = null): number {
  return tier === null ? [...tiers.values()].reduce((sum, { count }) => sum + count, 0) : (tiers.get(tier)?.count ?? 0);
}

const MARK_RANK: Partial<Record<InboxItem["mark"], number>> = { critical: 0, warning: 1, info: 2 };

export const placeOf = ({ mark, since, key }: Pick<InboxItem, "mark" | "since" | "key">): InboxPlace => ({ rank: MARK_RANK[mark] ?? 3, since, key });

/** For which agents this person holds the permission; null for all. */
export const agentsOf = (actor: PersonActor, permission: Permission): string[] | null =>
  may(actor, permission, null).ok ? null : Object.keys(actor.owns).filter((agentId) => may(actor, permission, agentId).ok);

/** Values of `$1` to `$3`: the agents for which this person holds the permission, whether that is all of them, the person. */
export function whoLooks(actor: PersonActor, permission: Permission): [string[], boolean, string] {
  const agents = agentsOf(actor, permission);
  return [agents ?? [], agents === null, actor.id];
}

export interface StoredKind<Row> {
  kind: InboxKind;
  /** Everything open of this kind, as `FROM … WHERE …`. */
  open: string;
  /** True or false in SQL, never null: whether it waits for this person; `$1` to `$3` as of `whoLooks`. */
  mine: string;
  /** From `$4` on. */
  values?: readonly unknown[];
  columns: string;
  /** Id of the agent that it is about. */
  agent: string;
  since: string;
  key: string;
  /** Its key in the inbox, where that is another one. */
  item?: string;
  /** As `placeOf` ranks its mark: one number for all of the kind, or an SQL expression. */
  rank: number | string;
  asItems: (rows: Row[], isMine: boolean) => InboxItem[] | Promise<InboxItem[]>;
}

const ofTier = (agent: string, tier: InboxTier | null): string =>
  tier === null ? "" : tier === "none" ? ` AND NOT EXISTS (SELECT FROM agent ranked WHERE ranked.id = ${agent} AND ranked.tier IS NOT NULL)` : ` AND ${agent} IN (SELECT ranked.id FROM agent ranked WHERE ranked.tier = ${tier})`;

/** Null: none. */
export const sooner = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a);

interface CountRow { tier: InboxTier; isMine: boolean; snoozed: string[] | null; count: number; oldest: Date }

/** Counted whole and read by its place, so that ten thousand cost what fifty do. */
export async function storedSections<Row extends object>(actor: PersonActor, permission: Permission, snoozes: Snoozes, { kind, open, mine, values = [], columns, agent, since, key, item = key, rank, asItems }: StoredKind<Row>): Promise<InboxSection[]> {
  const known = [...whoLooks(actor, permission), ...values, [...snoozes.keys()]];
  // PostgreSQL wants every value named, and not every kind asks for the person.
  const all = `${open} AND $3::text IS NOT NULL`;
  const isPutOff = `${item} = ANY($${known.length}::text[])`;
  const { rows } = await pool().query<CountRow>(
    `SELECT coalesce(g.tier::text, 'none') AS tier, o.mine AS "isMine", array_agg(o.put_off) FILTER (WHERE o.put_off IS NOT NULL) AS snoozed, count(*)::int AS count, min(o.since) AS oldest
     FROM (SELECT ${agent} AS agent_id, ${mine} AS mine, ${since} AS since, CASE WHEN ${isPutOff} THEN ${item} END AS put_off ${all}) AS o LEFT JOIN agent g ON g.id = o.agent_id GROUP BY 1, 2, o.put_off IS NULL`, known);
  // One number is left out of the order: the index over the time alone then serves it.
  const order = [...(typeof rank === "number" ? [] : [rank]), since, `${key} COLLATE "C"`];
  const section = (isMine: boolean, isSnoozed: boolean): InboxSection => {
    const counted = rows.filter((row) => row.isMine === isMine && (row.snoozed !== null) === isSnoozed);
    return {
      kind, isMine, isSnoozed, tiers: new Map(counted.map(({ tier, count, oldest }) => [tier, { count, oldest }])),
      nextAt: counted.flatMap(({ snoozed }) => snoozed ?? []).map((each) => snoozes.get(each) ?? null).reduce(sooner, null),
      read: async (from, isBack, limit, tier = null) => {
        if (limit <= 0 || !counted.some((row) => tier === null || row.tier === tier)) return [];
        // Where all have one rank, a place of another one lies before or behind all of them.
        if (from !== null && typeof rank === "number" && (isBack ? from.rank < rank : from.rank > rank)) return [];
        const place = from === null || (typeof rank === "number" && from.rank !== rank) ? [] : [...(typeof rank === "number" ? [] : [from.rank]), from.since, from.key];
        const types = [...(typeof rank === "number" ? [] : ["int"]), "timestamptz", "text"];
        const behind = place.length === 0 ? "" : ` AND (${order.join(", ")}) ${isBack ? "<" : ">"} (${types.map((type, index) => `$${known.length + index + 1}::${type}`).join(", ")})`;
        const direction = isBack ? "DESC" : "ASC";
        const page = await pool().query<Row>(
          `SELECT ${columns} ${all} AND ${isMine ? "" : "NOT "}(${mine}) AND ${isSnoozed ? "" : "NOT "}(${isPutOff})${ofTier(agent, tier)}${behind} ORDER BY ${order.map((each) => `${each} ${direction}`).join(", ")} LIMIT ${limit}`,
          [...known, ...place],
        );
        return asItems(page.rows, isMine);
      },
    };
  };
  return [section(true, false), section(false, false), ...(snoozes.size === 0 ? [] : [section(true, true), section(false, true)])];
}
