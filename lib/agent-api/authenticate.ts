// Whose request is this? The API key says; a person's own key acts as that person.

import { bearerSecret, hashApiKey } from "../auth/api-key.ts";
import { may, type Permission } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { NotPermitted } from "../errors.ts";
import { noteKeyUse } from "../operations/api-keys.ts";
import { findKeyHolder } from "../queries/api-keys.ts";
import { notAuthenticated } from "./http-refusal.ts";

const NOTE_USE_EVERY_MS = 60_000;
const noted = new Map<string, number>();

/** Asks the database each time, so that a revoked key is refused from the next request on. */
export async function authenticate(authorization: string | null, now: Date): Promise<Actor> {
  if (authorization === null || authorization.trim() === "") throw notAuthenticated("An API key is needed: Authorization: Bearer hp_….", false);
  const secret = bearerSecret(authorization);
  const holder = secret === null ? null : await findKeyHolder(hashApiKey(secret), now);
  if (!holder) throw notAuthenticated("This API key is unknown or was revoked.", true);
  noteUse(holder.keyId, holder.lastUsedAt, now);
  return holder.actor;
}

export function noteUse(keyId: string, lastUsedAt: Date | null, now: Date): void {
  const lastMs = Math.max(lastUsedAt?.getTime() ?? 0, noted.get(keyId) ?? 0);
  if (now.getTime() - lastMs < NOTE_USE_EVERY_MS) return;
  if (noted.size > 10_000) noted.clear();
  noted.set(keyId, now.getTime());
  noteKeyUse(keyId, now);
}

/** The agents for which an actor could hold something: `null` asks without an agent. */
function places(actor: Actor): (string | null)[] {
  if (actor.kind === "key") return [null, ...actor.agentIds.filter((agentId) => agentId !== "*")];
  return actor.kind === "person" ? [null, ...Object.keys(actor.owns)] : [null];
}

/** For what is about one agent: refused unless one of the permissions is held for it. */
export function requireFor(actor: Actor, needs: readonly Permission[], agentId: string | null): void {
  const answers = needs.map((permission) => may(actor, permission, agentId));
  const [first] = answers;
  if (first && !first.ok && !answers.some((answer) => answer.ok)) throw new NotPermitted(first.reason);
}

/** For what is about several agents or is looked up on the way: refused unless a permission is held for any; each single one is asked later. */
export function requireSomewhere(actor: Actor, needs: readonly Permission[]): void {
  const isHeld = places(actor).some((agentId) => needs.some((permission) => may(actor, permission, agentId).ok));
  if (!isHeld) requireFor(actor, needs, places(actor).at(-1) ?? null);
}
