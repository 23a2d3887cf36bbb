// May this person release a stop, as far as its release was asked for?

import { may, type Answer } from "./permissions.ts";
import type { PersonActor } from "./roles.ts";

export const ASKED_YOURSELF = "You asked for it. A release needs a second person.";

/** Asking for it, while nobody has, takes the same permission. */
export function releaseAnswer(person: PersonActor, { agentId, askedById }: { agentId: string | null; askedById: string | null }): Answer {
  const permitted = may(person, "stop:release", agentId);
  if (!permitted.ok) return permitted;
  return person.id === askedById ? { ok: false, reason: ASKED_YOURSELF } : { ok: true };
}
