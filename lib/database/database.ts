// How do queries and operations reach PostgreSQL? One pool for pg and Prisma alike, shared by every bundle in the process; others for what must not wait behind it.

import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import { env } from "../env.ts";
import { followUpsDone } from "../follow-up.ts";
import { isOnStopPool } from "./stop-pool.ts";

/** Counts and sums stay far below 2^53; a value above it is a bug and must not be rounded silently. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("an integer from the database is too large");
  return value;
}

const INT8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary" ? parseInt8 : pg.types.getTypeParser(oid, format as "text")) as pg.CustomTypesConfig["getTypeParser"],
};

interface Database {
  pool: pg.Pool;
  prisma: PrismaClient;
}

// Next compiles copies of this module into its bundles, so the one pool lives on globalThis.
const shared = globalThis as typeof globalThis & {
  holdpointDatabase?: Database; holdpointUrgentDatabase?: Database; holdpointStopDatabase?: Database; holdpointGatePool?: pg.Pool;
};

function openPool(settings: pg.PoolConfig): pg.Pool {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("the database has not been started: DATABASE_URL is not set");
  const pool = new pg.Pool({
    connectionString: url,
    types,
    idleTimeoutMillis: 30_000,
    ...settings,
  });
  pool.on("error", () => undefined); // an idle connection died; the next query opens another and reports its own failure
  // One that died in somebody's hands, between two statements, would end the process: the next statement reports it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

function open(settings: pg.PoolConfig): Database {
  const pool = openPool(settings);
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

// What takes longer than this has gone wrong. The second limit is for a database that hangs and cannot end the statement itself.
const everyday = (): pg.PoolConfig => ({ max: env().databaseConnections, application_name: "holdpoint", connectionTimeoutMillis: 5_000, statement_timeout: 30_000, query_timeout: 35_000 });

/**
 * Whoever waits for these fails closed, so they give up soon, also when the network swallows the answer. Plans are made for the values at
 * hand, by keys: one that was made while a table was nearly empty takes seconds for the first stop of a thousand points.
 */
const URGENT: pg.PoolConfig = {
  max: 4, application_name: "holdpoint stop path", connectionTimeoutMillis: 2_000, statement_timeout: 3_000, query_timeout: 3_000,
  options: "-c plan_cache_mode=force_custom_plan -c enable_seqscan=off -c jit=off",
};

/** Kept open: whoever presses Stop does not wait for a connection to be made. */
const STOP: pg.PoolConfig = { max: 6, application_name: "holdpoint stop", connectionTimeoutMillis: 3_000, idleTimeoutMillis: 0, statement_timeout: 10_000, query_timeout: 12_000 };

export const database = (): Database => (isOnStopPool() ? (shared.holdpointStopDatabase ??= open(STOP)) : (shared.holdpointDatabase ??= open(everyday())));

/** For the stop path alone: connections that ingest, pages and sweeps cannot use up. */
export const urgentDatabase = (): Database => (shared.holdpointUrgentDatabase ??= open(URGENT));

/** Statements go out without waiting for the one before. Few and always the same, by keys: their plans are kept. */
const PIPELINED = {
  max: 4, pipeline: true, application_name: "holdpoint gate", connectionTimeoutMillis: 5_000, statement_timeout: 15_000, query_timeout: 16_000,
  options: "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off",
};

export const gatePool = (): pg.Pool => (shared.holdpointGatePool ??= openPool(PIPELINED));

export const prisma = (): PrismaClient => database().prisma;
export const pool = (): pg.Pool => database().pool;

export type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

export async function closeDatabase(): Promise<void> {
  await followUpsDone();
  const open = [shared.holdpointDatabase, shared.holdpointUrgentDatabase, shared.holdpointStopDatabase];
  delete shared.holdpointDatabase;
  delete shared.holdpointStopDatabase;
  delete shared.holdpointUrgentDatabase;
  const gate = shared.holdpointGatePool;
  delete shared.holdpointGatePool;
  if (gate && !gate.ended) await gate.end();
  for (const database of open) {
    await database?.prisma.$disconnect();
    if (database && !database.pool.ended) await database.pool.end();
  }
}
