"use server";

import { giveItemBack, itemSchema, takeItem, takingSchema } from "@/lib/operations/take-item.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const take = serverAction(takingSchema, async (actor, input) => {
  await takeItem(actor, input);
  return { message: "You have it." };
});
export async function takeItemAction(previous: FormState, form: FormData) {
  return take(previous, form);
}

const giveBack = serverAction(itemSchema, async (actor, input) => {
  await giveItemBack(actor, input);
  return { message: "Given back." };
});
export async function giveItemBackAction(previous: FormState, form: FormData) {
  return giveBack(previous, form);
}
