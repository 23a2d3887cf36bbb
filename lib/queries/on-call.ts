// Who is on call now, and who could be?

import { prisma } from "../database/database.ts";
import { onCallPerson } from "../database/on-call-person.ts";
import { loadPersonActors } from "../database/person-actors.ts";
import { mayBeOnCall, ON_CALL_ROLES, type OnCall } from "../domain/on-call.ts";

/** Null where it was handed to nobody, or to somebody who could stop nothing by now. */
export async function findOnCall(now: Date): Promise<OnCall | null> {
  const last = await onCallPerson(prisma());
  if (!last) return null;
  const [person] = await loadPersonActors(prisma(), [last.personId], now);
  return person && mayBeOnCall(person.actor) ? { id: person.actor.id, name: person.actor.name, email: person.email, since: last.since } : null;
}

/** Whom it was handed to last, on call or not by now. */
export const findLastOnCallId = async (): Promise<string | null> => (await onCallPerson(prisma()))?.personId ?? null;

export function listOnCallChoices(): Promise<{ id: string; name: string; email: string }[]> {
  return prisma().person.findMany({ where: { disabledAt: null, houseRoles: { hasSome: [...ON_CALL_ROLES] } }, orderBy: [{ name: "asc" }, { email: "asc" }], select: { id: true, name: true, email: true } });
}
