// How do bulk writes run? On one pg connection in one transaction, again from the start when two of them stood in each other's way.

import type pg from "pg";
import { pool } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { Unavailable } from "../errors.ts";

const MOST_ATTEMPTS = 6;
/** Deadlock, serialisation failure, and two requests that created the same row in the same moment. */
const COLLISIONS = new Set(["40P01", "40001", "23505"]);

export const sqlState = (error: unknown): string | null => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : null;
};

/** Names a statement that goes out together with the commit, so that a lock it takes is held for no round trip. Literals must be escaped. */
export type CloseWith = (statement: string) => void;
/** `attempt` counts from 1. */
type Work<Result> = (client: pg.PoolClient, closeWith: CloseWith, attempt: number) => Promise<Result>;

/** `run` may be called several times, so it must keep nothing of an attempt. Throws `Unavailable` when the database is away. */
export async function inTransaction<Result>(run: Work<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(run, attempt);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      if (isDatabaseUnavailable(error)) throw unavailable(error);
      if (!COLLISIONS.has(sqlState(error) ?? "")) throw error;
      // Too many in each other's way is overload: the sender keeps its spans and comes back.
      if (attempt >= MOST_ATTEMPTS) throw unavailable(error);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
    }
  }
}

const unavailable = (cause: unknown) => new Unavailable("The database cannot be reached; try again in a moment.", { cause });

async function once<Result>(run: Work<Result>, attempt: number): Promise<Result> {
  const client = await pool().connect();
  let broken: Error | undefined;
  // A connection that dies between two queries has nobody else to tell.
  const note = (error: Error) => {
    broken = error;
  };
  client.on("error", note);
  try {
    // Planning anew for each batch costs more than a plan for these very values could save. But a plan that was made while a table was nearly
    // empty would read the whole of it ever after: all that is asked here is asked by a key.
    await client.query("BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off");
    let closing = "";
    const result = await run(client, (statement) => {
      closing += `${statement}; `;
    }, attempt);
    await client.query(`${closing}COMMIT`);
    return result;
  } catch (error) {
    // What a query says of a connection that had died before it was sent has no code.
    if (broken !== undefined) throw unavailable(error);
    await client.query("ROLLBACK").catch(note);
    throw error;
  } finally {
    client.off("error", note);
    client.release(broken);
  }
}
