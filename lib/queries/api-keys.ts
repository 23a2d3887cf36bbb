// Which API keys are there, and whose is this one?

import { prisma } from "../database/database.ts";
import { API_KEY_SCOPES, type Actor, type ApiKeyScope } from "../domain/roles.ts";
import { findPersonActor } from "./people.ts";

const isScope = (scope: string): scope is ApiKeyScope => (API_KEY_SCOPES as readonly string[]).includes(scope);

export interface KeyHolder {
  actor: Actor;
  keyId: string;
  lastUsedAt: Date | null;
}

/** A person's own key acts as that person; an agent's key as itself. Null when unknown, revoked, or the person is gone. */
export async function findKeyHolder(secretHash: string, now: Date): Promise<KeyHolder | null> {
  const key = await prisma().apiKey.findUnique({ where: { secretHash } });
  if (!key || key.revokedAt) return null;
  const actor: Actor | null = key.personId
    ? await findPersonActor(key.personId, null, now)
    : { kind: "key", id: key.id, name: key.name, agentIds: key.agentIds, scopes: key.scopes.filter(isScope) };
  return actor && { actor, keyId: key.id, lastUsedAt: key.lastUsedAt };
}

export async function listApiKeys() {
  return prisma().apiKey.findMany({
    orderBy: [{ revokedAt: { sort: "asc", nulls: "first" } }, { createdAt: "desc" }],
    select: {
      id: true, name: true, hint: true, agentIds: true, scopes: true, createdBy: true, createdAt: true, lastUsedAt: true, revokedAt: true,
      person: { select: { name: true } },
    },
  });
}
