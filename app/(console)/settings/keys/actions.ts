"use server";

import { z } from "zod";
import { API_KEY_SCOPES } from "@/lib/domain/roles.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "@/lib/operations/api-keys.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const keyForm = z.object({
  name: newKeySchema.shape.name,
  agents: z.string("Which agents?").transform((text) => [...new Set(text.split(/[\s,]+/).filter((part) => part !== ""))]),
  scopes: z.array(z.enum(API_KEY_SCOPES), "Choose at least one.").min(1, "Choose at least one."),
});

const create = serverAction(keyForm, async (actor, { name, agents, scopes }) => {
  const { secret } = await createApiKey(actor, { name, agentIds: agents, scopes, personId: null });
  return { message: `The key “${name}” was made.`, shownOnce: secret };
});
export async function createKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return create(previous, form);
}

const revoke = serverAction(z.object({ keyId: z.string().min(1) }), async (actor, input) => revokeApiKey(actor, input));
export async function revokeKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return revoke(previous, form);
}
