"use server";

import { z } from "zod";
import { hasInexactNumber } from "@/lib/domain/json-numbers.ts";
import type { Json } from "@/lib/domain/manifest.ts";
import { faultOfInput } from "@/lib/domain/storable-input.ts";
import { actionApprovalSchema, approveAction as approveOperation, takeBackApproval } from "@/lib/operations/approve-action.ts";
import { approvalBatchForm, approveBatch, batchSentence } from "@/lib/operations/approve-batch.ts";
import { actionQuestionSchema, actionRejectionSchema, askBack, extendAction as extendOperation, rejectAction as rejectOperation } from "@/lib/operations/reject-action.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const one = z.object({ actionId: z.string().min(1).max(100) });

/** A form carries the edited arguments as JSON text. */
const editedInput = z.string().max(200_000).transform((text, context): Json => {
  try {
    if (!hasInexactNumber(text)) return JSON.parse(text) as Json;
    context.addIssue({ code: "custom", message: "A number has more digits than can be kept exactly." });
    return z.NEVER;
  } catch {
    context.addIssue({ code: "custom", message: "This is not JSON." });
    return z.NEVER;
  }
}).pipe(z.custom<Json>((input) => faultOfInput(input) === null, "These arguments cannot be kept as they are.")).optional();
const approvalForm = actionApprovalSchema.extend({ editedInput });

const approve = serverAction(approvalForm, async (actor, { editedInput: edited, ...input }) => {
  const { state, approvals, approvalsNeeded } = await approveOperation(actor, { ...input, ...(edited === undefined ? {} : { editedInput: edited }) });
  return { message: state !== "held" ? "Approved." : `Your approval counts: ${approvals} of ${approvalsNeeded}.` };
});
export async function approveAction(previous: FormState, form: FormData) {
  return approve(previous, form);
}

const approveTogether = serverAction(approvalBatchForm, async (actor, input) => ({ message: batchSentence(await approveBatch(actor, input)) }));
export async function approveBatchAction(previous: FormState, form: FormData) {
  return approveTogether(previous, form);
}

const reject = serverAction(actionRejectionSchema, async (actor, input) => {
  await rejectOperation(actor, input);
  return { message: "Rejected." };
});
export async function rejectAction(previous: FormState, form: FormData) {
  return reject(previous, form);
}

const ask = serverAction(actionQuestionSchema, async (actor, input) => {
  await askBack(actor, input);
  return { message: "Asked." };
});
export async function askAction(previous: FormState, form: FormData) {
  return ask(previous, form);
}

const extend = serverAction(one, async (actor, input) => {
  await extendOperation(actor, input);
  return { message: "It has fifteen minutes more." };
});
export async function extendAction(previous: FormState, form: FormData) {
  return extend(previous, form);
}

const takeBack = serverAction(one, async (actor, input) => {
  await takeBackApproval(actor, input);
  return { message: "Taken back. It waits again." };
});
export async function takeBackAction(previous: FormState, form: FormData) {
  return takeBack(previous, form);
}
