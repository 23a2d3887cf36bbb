"use server";

import { z } from "zod";
import { addPrice, endPrice, priceSchema } from "@/lib/operations/prices.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const add = serverAction(priceSchema, async (actor, input) => {
  await addPrice(actor, input);
  return { message: `${input.model} has a new price. Runs that were recorded before keep their cost.` };
});
export async function addPriceAction(previous: FormState, form: FormData): Promise<FormState> {
  return add(previous, form);
}

const end = serverAction(z.object({ priceId: z.string("Choose a price.").min(1), at: z.coerce.date().optional() }), async (actor, input) => endPrice(actor, input));
export async function endPriceAction(previous: FormState, form: FormData): Promise<FormState> {
  return end(previous, form);
}
