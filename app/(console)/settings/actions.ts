"use server";

import { z } from "zod";
import { handOverSchema } from "@/lib/domain/on-call.ts";
import { SEEDING, seedingSchema } from "@/lib/domain/seeding.ts";
import { handOverOnCall } from "@/lib/operations/on-call.ts";
import { setSeeding } from "@/lib/operations/seeding.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const RANGE = `A whole number from ${SEEDING.leastOneIn} to ${SEEDING.mostOneIn.toLocaleString("en")}.`;

const form = z.object({ turn: z.enum(["on", "off"]), oneIn: z.coerce.number(RANGE).int(RANGE).min(SEEDING.leastOneIn, RANGE).max(SEEDING.mostOneIn, RANGE).optional() })
  .transform(({ turn, oneIn }, context) => {
    if (turn === "off") return { oneIn: null };
    if (oneIn !== undefined) return { oneIn };
    context.addIssue({ code: "custom", path: ["oneIn"], message: RANGE });
    return z.NEVER;
  }).pipe(seedingSchema);

const set = serverAction(form, async (actor, input) => {
  await setSeeding(actor, input);
  return { message: input.oneIn === null ? "Off. One that waits already stays until it is decided." : `On: about one in ${input.oneIn.toLocaleString("en")} held actions.` };
});
export async function setSeedingAction(previous: FormState, data: FormData): Promise<FormState> {
  return set(previous, data);
}

const handOver = serverAction(handOverSchema, async (actor, input) => {
  await handOverOnCall(actor, input);
  return { message: input.personId === null ? "Nobody is on call." : "Handed over." };
});
export async function handOverOnCallAction(previous: FormState, data: FormData): Promise<FormState> {
  return handOver(previous, data);
}
