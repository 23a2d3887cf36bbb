"use server";

import { z } from "zod";
import { hookRehearsalSchema, rehearseHook } from "@/lib/operations/rehearse-hook.ts";
import { approveUndo, doneByHandSchema, markDoneByHand, startUndo, undoSchema } from "@/lib/operations/undo.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const start = serverAction(undoSchema, async (actor, input) => {
  const { undoId } = await startUndo(actor, input);
  return { redirectTo: paths.undo(undoId) };
});
export async function startUndoAction(previous: FormState, form: FormData) {
  return start(previous, form);
}

const approve = serverAction(z.object({ undoId: z.string().min(1).max(100) }), async (actor, input) => {
  await approveUndo(actor, input);
  return { message: "Approved. It begins." };
});
export async function approveUndoAction(previous: FormState, form: FormData) {
  return approve(previous, form);
}

const byHand = serverAction(doneByHandSchema, async (actor, input) => {
  await markDoneByHand(actor, input);
  return { message: "Noted." };
});
export async function markDoneByHandAction(previous: FormState, form: FormData) {
  return byHand(previous, form);
}

const rehearse = serverAction(hookRehearsalSchema, async (actor, input) => {
  const { isOk, sentence } = await rehearseHook(actor, input);
  return { message: `${isOk ? "Passed" : "Failed"}. ${sentence}` };
});
export async function rehearseHookAction(previous: FormState, form: FormData) {
  return rehearse(previous, form);
}
