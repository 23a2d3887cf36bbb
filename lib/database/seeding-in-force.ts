// Are requests seeded, and how often? Read by queries and by operations.

import { NO_SEEDING, seedingSchema, type Seeding } from "../domain/seeding.ts";
import type { Transaction } from "./database.ts";

export const SEEDING_KEY = "seeded_requests";

/** What cannot be read counts as off. */
export async function seedingInForce(client: Pick<Transaction, "setting">): Promise<Seeding> {
  const row = await client.setting.findUnique({ where: { key: SEEDING_KEY } });
  return seedingSchema.safeParse(row?.value).data ?? NO_SEEDING;
}
