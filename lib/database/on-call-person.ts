// Who was the on-call handed to last? Read by queries and by operations.

import { z } from "zod";
import type { Transaction } from "./database.ts";

export const ON_CALL_KEY = "on_call";

const handedOver = z.object({ personId: z.string(), since: z.iso.datetime() });
export type HandedOver = z.infer<typeof handedOver>;

/** What cannot be read counts as nobody. */
export async function onCallPerson(client: Pick<Transaction, "setting">): Promise<HandedOver | null> {
  const row = await client.setting.findUnique({ where: { key: ON_CALL_KEY } });
  return handedOver.safeParse(row?.value).data ?? null;
}
