// How does a group of calls come to its transaction? In two ways to the database and back: what is read under a lock, then what is written and the commit.

import type pg from "pg";
import { gatePool } from "../database/database.ts";

export interface TwoTrips<Row extends pg.QueryResultRow, Result> {
  /** Advisory locks, held until the end; everybody takes them in this order. */
  locks: readonly string[];
  /** Sees what whoever held the locks before has written. */
  read: pg.QueryConfig;
  /** Null: there is nothing to write. */
  decide: (rows: Row[]) => { write: pg.QueryConfig | null; result: Result };
}

/** A statement of its own, so that the snapshot of the reading is younger than the locks; with a name, so that it is planned once. */
const lock = (names: readonly string[]): pg.QueryConfig =>
  ({ name: "gate-lock", text: "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name", values: [names] });

/** Resolves after the commit. Throws what PostgreSQL or `decide` throws, and then nothing is stored. */
export async function inTwoTrips<Row extends pg.QueryResultRow, Result>({ locks, read, decide }: TwoTrips<Row, Result>): Promise<Result> {
  const client = await gatePool().connect();
  let broken: Error | undefined;
  // A connection that dies between two queries has nobody else to tell.
  const note = (error: Error) => {
    broken = error;
  };
  client.on("error", note);
  try {
    const [, , { rows }] = await together(client, () => [client.query("BEGIN"), client.query(lock(locks)), client.query<Row>(read)]);
    const { write, result } = decide(rows);
    // The commit of a transaction that failed takes everything back.
    await together(client, () => [write === null ? null : client.query(write), client.query("COMMIT")]);
    return result;
  } catch (error) {
    if (broken === undefined) await client.query("ROLLBACK").catch(note);
    throw error;
  } finally {
    client.off("error", note);
    client.release(broken);
  }
}

/**
 * Sent as one, for which PostgreSQL wakes up once. Waits for the others also when one of them fails: the connection is not given to somebody
 * else before.
 */
async function together<Queries extends readonly unknown[]>({ connection: { stream } }: pg.PoolClient, send: () => readonly [...Queries]): Promise<{ -readonly [Index in keyof Queries]: Awaited<Queries[Index]> }> {
  stream.cork();
  const queries = send();
  stream.uncork();
  await Promise.allSettled(queries);
  return Promise.all(queries);
}
