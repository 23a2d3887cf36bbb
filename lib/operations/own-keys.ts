// What can a person do about keys that act as themselves? Make one, shown once; take it back. Such a key may do no more than its person.

import { z } from "zod";
import { apiKeyHint, hashApiKey, newApiKeySecret } from "../auth/api-key.ts";
import { NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

const MOST_KEYS = 20;

export const ownKeySchema = z.object({ name: z.string().trim().min(1, "A name is needed.").max(200) });

export const createOwnKey = operation({
  kind: "key.created",
  // Whoever may look around may do so with a program, too; everything else is decided by the person's roles at each call.
  needs: "agent:read",
  run: async ({ tx, actor, now }: Context, input: z.infer<typeof ownKeySchema>) => {
    if (actor.kind !== "person") throw new NotPermitted("Only a person may make a key of their own.");
    const active = await tx.apiKey.count({ where: { personId: actor.id, revokedAt: null } });
    if (active >= MOST_KEYS) throw new NotPossible(`You have ${MOST_KEYS} keys already. Revoke one that you no longer use.`);
    const secret = newApiKeySecret();
    const id = newId("key");
    await tx.apiKey.create({
      data: { id, name: input.name, secretHash: hashApiKey(secret), hint: apiKeyHint(secret), agentIds: [], scopes: [], personId: actor.id, createdBy: actor.name, createdById: actor.id, createdAt: now },
    });
    return { result: { id, secret }, evidence: { subject: id, detail: { name: input.name, agents: [], scopes: [], person: actor.id } } };
  },
});

export const revokeOwnKey = operation({
  kind: "key.revoked",
  needs: "agent:read",
  run: async ({ tx, actor, now }: Context, { keyId }: { keyId: string }) => {
    const key = await tx.apiKey.findUnique({ where: { id: keyId }, select: { name: true, personId: true, revokedAt: true } });
    if (!key || actor.kind !== "person" || key.personId !== actor.id) throw new NotFound("You have no such key.");
    if (key.revokedAt) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.apiKey.update({ where: { id: keyId }, data: { revokedAt: now } });
    return { result: undefined, evidence: { subject: keyId, detail: { name: key.name } } };
  },
});
