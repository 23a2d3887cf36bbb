// Is there a place for spans of this month? One partition a month, made when the first span of it comes.

import type pg from "pg";
import { pool } from "../database/database.ts";

const PARTITION_LOCK = "holdpoint span partitions";
const DAY_US = 86_400_000_000;
/** Of the database that this pool leads to. */
const madeThrough = new WeakMap<pg.Pool, Set<string>>();

function made(): Set<string> {
  const known = madeThrough.get(pool()) ?? new Set<string>();
  madeThrough.set(pool(), known);
  return known;
}

/** `2026-11`, in UTC. */
export const monthOf = (us: number): string => new Date(Math.floor(us / 1_000)).toISOString().slice(0, 7);

/** Safe in two processes at once; a month is asked for only once per process. */
export async function ensureSpanPartitions(startsUs: readonly number[]): Promise<void> {
  const missing = new Set<string>();
  const known = made();
  // Most spans of a request are of one day, and telling the month of each would take longer than all else that is done here.
  for (const day of new Set(startsUs.map((us) => Math.floor(us / DAY_US)))) {
    const month = monthOf(day * DAY_US);
    if (!known.has(month)) missing.add(month);
  }
  for (const month of [...missing].sort()) await makePartition(month);
}

/** After a retention run dropped one that this process remembers. */
export const forgetSpanPartitions = (): void => made().clear();

async function makePartition(month: string): Promise<void> {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
  const client = await pool().connect();
  let failure: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [PARTITION_LOCK]);
    const name = `span_${month.replace("-", "_")}`;
    const { rows } = await client.query<{ found: string | null }>("SELECT to_regclass($1) AS found", [name]);
    if (!rows[0]?.found) await client.query(`CREATE TABLE ${name} PARTITION OF span FOR VALUES FROM ('${month}-01 00:00:00+00') TO ('${next}-01 00:00:00+00')`);
    await client.query("COMMIT");
    made().add(month);
  } catch (error) {
    failure = error instanceof Error ? error : new Error("a partition could not be made");
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release(failure);
  }
}
