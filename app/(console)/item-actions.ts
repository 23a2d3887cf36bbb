"use server";

import { formatClock, formatDay } from "@/lib/format.ts";
import { commentOnItem, commentSchema } from "@/lib/operations/comment-on-item.ts";
import { snoozeItem, snoozeSchema, wakeItem } from "@/lib/operations/snooze-item.ts";
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

const snooze = serverAction(snoozeSchema, async (actor, input) => {
  const { until } = await snoozeItem(actor, input);
  return { message: `Snoozed until ${formatDay(until)}, ${formatClock(until).slice(0, 5)} UTC.` };
});
export async function snoozeItemAction(previous: FormState, form: FormData) {
  return snooze(previous, form);
}

const wake = serverAction(itemSchema, async (actor, input) => {
  await wakeItem(actor, input);
  return { message: "It is back." };
});
export async function wakeItemAction(previous: FormState, form: FormData) {
  return wake(previous, form);
}

const comment = serverAction(commentSchema, async (actor, input) => {
  await commentOnItem(actor, input);
  return { message: "Your comment is kept." };
});
export async function commentOnItemAction(previous: FormState, form: FormData) {
  return comment(previous, form);
}
