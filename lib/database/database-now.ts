// What time is it? By PostgreSQL's clock, which is one for all processes: theirs differ, and a lease that one of them sees end may go on by another's.

import { prisma, type Transaction } from "./database.ts";

/** For whatever is said of leases, stops and proofs: read once for all that is said together. */
export async function databaseNow(client: Pick<Transaction, "$queryRaw"> = prisma()): Promise<Date> {
  const [row] = await client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error("PostgreSQL does not tell the time");
  return row.now;
}
