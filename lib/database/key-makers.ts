// Who may have sent what came with a key? Its maker, who was shown the secret, and the person whose own it is.

import type { Transaction } from "./database.ts";

const KEY = "key:";

/** By who asked, as an action names them (`key:…`); nobody where the command line made the key. */
export async function makersOf(client: Pick<Transaction, "apiKey">, askers: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const keyIds = new Set(askers.flatMap((asker) => (asker.startsWith(KEY) ? [asker.slice(KEY.length)] : [])));
  const keys = keyIds.size === 0 ? [] : await client.apiKey.findMany({ where: { id: { in: [...keyIds] } }, select: { id: true, createdById: true, personId: true } });
  return new Map(keys.map(({ id, createdById, personId }) => [KEY + id, [createdById, personId].filter((person) => person !== null)]));
}
