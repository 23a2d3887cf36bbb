// What can be done about API keys: make one, shown once; take it back.

import { z } from "zod";
import { apiKeyHint, hashApiKey, newApiKeySecret } from "../auth/api-key.ts";
import { pool } from "../database/database.ts";
import { API_KEY_SCOPES } from "../domain/roles.ts";
import { NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

export const newKeySchema = z.object({
  name: z.string().trim().min(1, "A name is needed.").max(200),
  /** Agent ids, or `*`. */
  agentIds: z.array(z.string().trim().min(1)).default([]),
  scopes: z.array(z.enum(API_KEY_SCOPES)).default([...API_KEY_SCOPES]),
  /** Makes it this person's own key, which acts with that person's roles. */
  personId: z.string().nullable().default(null),
});
export type NewApiKey = z.infer<typeof newKeySchema>;

export const createApiKey = operation({
  kind: "key.created",
  needs: "key:manage",
  // Somebody who owns an agent may make keys for that agent alone; a key for several or for a person needs the house's permission.
  agentOf: (_tx, input: NewApiKey) => (input.agentIds.length === 1 && input.agentIds[0] !== "*" && !input.personId ? (input.agentIds[0] ?? null) : null),
  run: async ({ tx, actor, now }: Context, input: NewApiKey) => {
    if (input.personId && actor.kind === "person" && actor.id !== input.personId) throw new NotPossible("A personal key can only be made by that person.");
    if (!input.personId && input.agentIds.length === 0) throw new NotPossible("Choose at least one agent.");
    const named = input.agentIds.filter((agentId) => agentId !== "*");
    const found = await tx.agent.count({ where: { id: { in: named } } });
    if (found !== new Set(named).size) throw new NotFound("One of these agents does not exist.");
    const secret = newApiKeySecret();
    const id = newId("key");
    await tx.apiKey.create({
      data: {
        id, name: input.name, secretHash: hashApiKey(secret), hint: apiKeyHint(secret), agentIds: input.agentIds, scopes: input.scopes,
        personId: input.personId, createdBy: actor.name, createdById: actor.kind === "person" ? actor.id : null, createdAt: now,
      },
    });
    const detail = { name: input.name, agents: input.agentIds, scopes: input.scopes, person: input.personId };
    return { result: { id, secret }, evidence: { subject: id, agentId: named.length === 1 ? (named[0] ?? null) : null, detail } };
  },
});

export const revokeApiKey = operation({
  kind: "key.revoked",
  needs: "key:manage",
  agentOf: async (tx, input: { keyId: string }) => {
    const key = await tx.apiKey.findUnique({ where: { id: input.keyId }, select: { agentIds: true, personId: true } });
    return key && !key.personId && key.agentIds.length === 1 && key.agentIds[0] !== "*" ? (key.agentIds[0] ?? null) : null;
  },
  run: async ({ tx, now }: Context, input: { keyId: string }) => {
    const key = await tx.apiKey.findUnique({ where: { id: input.keyId }, select: { id: true, name: true, revokedAt: true } });
    if (!key) throw new NotFound("There is no such key.");
    if (key.revokedAt) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.apiKey.update({ where: { id: key.id }, data: { revokedAt: now } });
    return { result: undefined, evidence: { subject: key.id, detail: { name: key.name } } };
  },
});

/** Remembers the use of a key to the minute. Not worth a log entry, nor a wait. */
export function noteKeyUse(keyId: string, now: Date): void {
  void pool().query("UPDATE api_key SET last_used_at = $2 WHERE id = $1", [keyId, now]).catch(() => undefined);
}
