"use server";

import { z } from "zod";
import { NotPossible } from "@/lib/errors.ts";
import { actionApprovalSchema, approveAction, takeBackApproval } from "@/lib/operations/approve-action.ts";
import { approvalBatchForm, approveBatch, batchSentence } from "@/lib/operations/approve-batch.ts";
import { closeFinding, closingSchema, reviewRetroactively } from "@/lib/operations/findings.ts";
import { paths } from "@/lib/paths.ts";
import { whyNotFromList } from "@/lib/queries/listed-approvals.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const one = actionApprovalSchema.pick({ actionId: true, inputDigest: true });

/** Never more than on the action's own page, and less: what has to be read first is not decided in a list. */
const approve = serverAction(one, async (actor, input) => {
  const why = await whyNotFromList(input.actionId);
  if (why !== null) throw new NotPossible(why);
  const { state, approvals, approvalsNeeded } = await approveAction(actor, input);
  if (state === "held") return { message: `Your approval counts: ${approvals} of ${approvalsNeeded}.` };
  return { message: state === "withdrawn" ? "This was a test by Holdpoint. It ought to have been refused; its page says what gave it away." : "Approved." };
});
export async function approveListedAction(previous: FormState, form: FormData) {
  return approve(previous, form);
}

/** By the rules of every batch: the operation decides what is alike and leaves out what is not for it. */
const approveTogether = serverAction(approvalBatchForm, async (actor, input) => ({ message: batchSentence(await approveBatch(actor, input)) }));
export async function approveSelectedAction(previous: FormState, form: FormData) {
  return approveTogether(previous, form);
}

const takeBack = serverAction(one.pick({ actionId: true }), async (actor, input) => {
  await takeBackApproval(actor, input);
  return { message: "Taken back. It waits again." };
});
export async function takeBackListedAction(previous: FormState, form: FormData) {
  return takeBack(previous, form);
}

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
