// How do queries and operations reach PostgreSQL? One pool for pg and Prisma alike, shared by every bundle in the process.

import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import { env } from "../env.ts";

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
const shared = globalThis as typeof globalThis & { holdpointDatabase?: Database };

function open(): Database {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("the database has not been started: DATABASE_URL is not set");
  const pool = new pg.Pool({
    connectionString: url,
    max: env().databaseConnections,
    types,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    application_name: "holdpoint",
    // A page or an API call that takes longer than this has gone wrong; imports and sweeps set their own.
    statement_timeout: 30_000,
  });
  pool.on("error", () => undefined); // an idle connection died; the next query opens another and reports its own failure
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

export const database = (): Database => (shared.holdpointDatabase ??= open());

export const prisma = (): PrismaClient => database().prisma;
export const pool = (): pg.Pool => database().pool;

export type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

export async function closeDatabase(): Promise<void> {
  const open = shared.holdpointDatabase;
  delete shared.holdpointDatabase;
  await open?.prisma.$disconnect();
  if (open && !open.pool.ended) await open.pool.end();
}
