// Which size will the log have once the entry of this transaction is in it?

import type { Transaction } from "../database/database.ts";

/** For a transaction that appends one entry. From here to its end everybody else who records something waits. */
export async function nextEpoch(tx: Transaction): Promise<bigint> {
  const [head] = await tx.$queryRaw<{ next: bigint }[]>`SELECT next FROM log_head WHERE id = 1 FOR UPDATE`;
  if (!head) throw new Error("the log has no head");
  return BigInt(head.next) + 1n;
}
