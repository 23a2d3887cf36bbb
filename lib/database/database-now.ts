// What time is it? By PostgreSQL's clock, which is one for all processes: theirs differ, and a lease that one of them sees end may go on by another's.

import type { Transaction } from "./database.ts";

export async function databaseNow(client: Pick<Transaction, "$queryRaw">): Promise<Date> {
  const [row] = await client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error("PostgreSQL does not tell the time");
  return row.now;
}
