"use server";

import { hookRehearsalSchema, rehearseHook } from "@/lib/operations/rehearse-hook.ts";
import { revealWebhookSecret, webhookSecretSchema } from "@/lib/operations/webhook-secret.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const rehearse = serverAction(hookRehearsalSchema, async (actor, input) => {
  const { isOk, sentence } = await rehearseHook(actor, input);
  return { message: `${isOk ? "Passed" : "Failed"}. ${sentence}` };
});
export async function rehearseHookAction(previous: FormState, form: FormData) {
  return rehearse(previous, form);
}

const reveal = serverAction(webhookSecretSchema, async (actor, input) => ({ shownOnce: (await revealWebhookSecret(actor, input)).secret }));
export async function revealWebhookSecretAction(previous: FormState, form: FormData) {
  return reveal(previous, form);
}
