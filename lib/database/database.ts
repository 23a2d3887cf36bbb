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

const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "57P01", "57P02", "57P03", "08000", "08003", "08006", "53300", "P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** True when the database is away or overloaded: the caller answers "try again later", never "your request is wrong". */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const { code } = current as Error & { code?: unknown };
    if (typeof code === "string" && CONNECTION_ERRORS.has(code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect|DatabaseNotReachable|SocketTimeout|ConnectionClosed|the database system is/i.test(current.message)) return true;
  }
  return false;
}
