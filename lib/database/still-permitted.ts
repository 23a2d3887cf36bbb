// Whose word still counts? Of people who asked for something or agreed to it, those who may still do so. For the queries that show it and the operations that count it.

import { may, type Permission } from "../domain/permissions.ts";
import type { Transaction } from "./database.ts";
import { loadPersonActors, type KnownPerson } from "./person-actors.ts";

/** By what they are now: whoever was disabled, or lost the role since, is left out. Each once. */
export async function stillPermitted(client: Pick<Transaction, "person">, personIds: readonly string[], permission: Permission, agentId: string | null, now: Date): Promise<KnownPerson[]> {
  const people = await loadPersonActors(client, personIds, now);
  return people.filter(({ actor }) => may(actor, permission, agentId).ok);
}
