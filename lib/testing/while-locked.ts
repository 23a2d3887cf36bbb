// For tests of races: something stands locked, and what runs into it waits there.

import pg from "pg";
import { expect } from "vitest";

export interface Locked {
  /** Sees what others commit. The one that holds the lock sees everything as it was when it began, if it asks what was asked before. */
  other: pg.Client;
  /** Holds the lock until it commits. */
  holder: pg.Client;
}

/** `lock` is the statement that takes it. */
export async function whileLocked(lock: string, work: (locked: Locked) => Promise<void>): Promise<void> {
  const [holder, other] = [new pg.Client({ connectionString: process.env.DATABASE_URL }), new pg.Client({ connectionString: process.env.DATABASE_URL })];
  for (const client of [holder, other]) await client.connect();
  try {
    await holder.query("BEGIN");
    await holder.query(lock);
    await work({ holder, other });
  } finally {
    for (const client of [holder, other]) await client.end();
  }
}

export const LOG_HEAD = "UPDATE log_head SET next = next";

export const ofWaitingForLog = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%log_head%'";

/** Until one transaction has come as far as its entry in the log. */
export async function oneWaitsForLog({ other }: Locked): Promise<void> {
  await expect.poll(async () => (await other.query(`SELECT pid ${ofWaitingForLog}`)).rowCount, { timeout: 20_000 }).toBe(1);
}
