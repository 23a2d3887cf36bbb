// Which roles does somebody bring to a matter of this agent, or of the house?

import type { Actor, Role } from "./roles.ts";

/** House roles, and the owner roles for this agent; for a matter of the house the owner roles of any agent. */
export function rolesHeld(actor: Actor, agentId: string | null): Role[] {
  if (actor.kind !== "person") return [];
  const owner = agentId === null ? Object.values(actor.owns).flat() : Object.hasOwn(actor.owns, agentId) ? (actor.owns[agentId] ?? []) : [];
  return [...new Set<Role>([...actor.roles, ...owner])];
}
