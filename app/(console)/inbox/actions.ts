"use server";

import { z } from "zod";
import { closeFinding, closingSchema, reviewRetroactively } from "@/lib/operations/findings.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const review = serverAction(z.object({ findingId: z.string().min(1) }), async (actor, input) => {
  const { changeId } = await reviewRetroactively(actor, input);
  return { redirectTo: paths.change(changeId) };
});
export async function reviewRetroactivelyAction(previous: FormState, form: FormData) {
  return review(previous, form);
}

const close = serverAction(closingSchema, async (actor, input) => {
  await closeFinding(actor, input);
  return { message: "Closed." };
});
export async function closeFindingAction(previous: FormState, form: FormData) {
  return close(previous, form);
}
