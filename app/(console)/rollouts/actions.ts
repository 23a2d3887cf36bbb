"use server";

import { z } from "zod";
import { editRolloutPlan } from "@/lib/operations/plan-rollout.ts";
import { promoteRollout, waiveRollout } from "@/lib/operations/promote-rollout.ts";
import { startRollout } from "@/lib/operations/start-rollout.ts";
import { abortRollout, pauseRollout, resumeRollout, rolloutReasonSchema } from "@/lib/operations/steer-rollout.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";
import { planFormSchema } from "./plan-form-schema.ts";

const one = z.object({ rolloutId: z.string().min(1).max(100), revision: z.coerce.number().int() });
const withReason = one.extend({ reason: rolloutReasonSchema });

const plan = serverAction(planFormSchema, async (actor, input) => {
  await editRolloutPlan(actor, input);
  return { message: "Saved. What it will take is estimated anew." };
});
export async function editPlanAction(previous: FormState, form: FormData) {
  return plan(previous, form);
}

const start = serverAction(one, async (actor, input) => {
  await startRollout(actor, input);
  return { message: "Started. The first stage begins." };
});
export async function startRolloutAction(previous: FormState, form: FormData) {
  return start(previous, form);
}

const pause = serverAction(withReason, async (actor, input) => {
  await pauseRollout(actor, input);
  return { message: "Paused. New tasks go to the current version." };
});
export async function pauseRolloutAction(previous: FormState, form: FormData) {
  return pause(previous, form);
}

const resume = serverAction(withReason, async (actor, input) => {
  await resumeRollout(actor, input);
  return { message: "Resumed. It goes on where it stood." };
});
export async function resumeRolloutAction(previous: FormState, form: FormData) {
  return resume(previous, form);
}

const promote = serverAction(one, async (actor, input) => {
  const { state } = await promoteRollout(actor, input);
  return { message: state === "completed" ? "Promoted. It is in effect." : "Promoted to the next stage." };
});
export async function promoteRolloutAction(previous: FormState, form: FormData) {
  return promote(previous, form);
}

const waive = serverAction(withReason, async (actor, input) => {
  const { waiversMissing, state } = await waiveRollout(actor, input);
  if (waiversMissing > 0) return { message: "Your waiver is recorded. A second person has to waive it too." };
  return { message: state === "completed" ? "Waived. The candidate is in effect." : "Waived. The next stage begins." };
});
export async function waiveRolloutAction(previous: FormState, form: FormData) {
  return waive(previous, form);
}

const abort = serverAction(z.object({ rolloutId: z.string().min(1).max(100), reason: rolloutReasonSchema }), async (actor, input) => {
  await abortRollout(actor, input);
  return { message: "Aborted. The current version does every task." };
});
export async function abortRolloutAction(previous: FormState, form: FormData) {
  return abort(previous, form);
}
