"use server";

import { z } from "zod";
import { askRelease, releaseReasonSchema, releaseStop } from "@/lib/operations/stops.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const stopId = z.string().min(1).max(100);

const ask = serverAction(z.object({ stopId, reason: releaseReasonSchema }), async (actor, input) => askRelease(actor, input));
export async function askReleaseAction(previous: FormState, form: FormData): Promise<FormState> {
  return ask(previous, form);
}

const release = serverAction(z.object({ stopId, askedAt: z.coerce.date().optional() }), async (actor, input) => {
  await releaseStop(actor, input);
  return { message: "Released. Nothing was restarted by that." };
});
export async function releaseStopAction(previous: FormState, form: FormData): Promise<FormState> {
  return release(previous, form);
}
