// May this person change anything here, and if not, why?

import { may, PERMISSIONS } from "./permissions.ts";
import { ROLE_NAMES, type PersonActor } from "./roles.ts";

const CHANGING = PERMISSIONS.filter((permission) => !permission.endsWith(":read"));

/** Null for whoever may change something of at least one agent, or of the house. */
export function readOnlyReason(actor: PersonActor): string | null {
  const agents = [null, ...Object.keys(actor.owns)];
  if (CHANGING.some((permission) => agents.some((agentId) => may(actor, permission, agentId).ok))) return null;
  const names = actor.roles.map((role) => ROLE_NAMES[role].toLowerCase());
  const who = names.length === 0 ? "You have no role yet and own no agent" : `You are ${names.map((name) => `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`).join(" and ")}`;
  return `${who}: you may look, and change nothing.`;
}
