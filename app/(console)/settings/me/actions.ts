"use server";

import { z } from "zod";
import { startSession } from "@/lib/auth/session.ts";
import { changeOwnPassword, ownPasswordSchema } from "@/lib/operations/passwords.ts";
import { createOwnKey, ownKeySchema, revokeOwnKey } from "@/lib/operations/own-keys.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const create = serverAction(ownKeySchema, async (actor, input) => {
  const { secret } = await createOwnKey(actor, input);
  return { message: `The key “${input.name}” was made.`, shownOnce: secret };
});

export async function createOwnKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return create(previous, form);
}

const revoke = serverAction(z.object({ keyId: z.string().min(1) }), async (actor, input) => revokeOwnKey(actor, input));

export async function revokeOwnKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return revoke(previous, form);
}

const changePassword = serverAction(ownPasswordSchema, async (actor, input) => {
  await startSession(await changeOwnPassword(actor, input));
  return { message: "Your password was changed. Everywhere else you were signed out." };
});

export async function changeOwnPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return changePassword(previous, form);
}
