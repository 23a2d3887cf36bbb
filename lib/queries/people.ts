// Who is there, and what may they do?

import { isTemporary } from "../auth/password.ts";
import { contains } from "../database/contains.ts";
import { prisma } from "../database/database.ts";
import { loadPersonActors } from "../database/person-actors.ts";
import type { PersonActor } from "../domain/roles.ts";

/** The person as an actor, deputies in force included; null when unknown, disabled or signed out everywhere since. */
export async function findPersonActor(personId: string, sessionVersion: number | null, now: Date): Promise<PersonActor | null> {
  const [person] = await loadPersonActors(prisma(), [personId], now);
  return person && (sessionVersion === null || person.sessionVersion === sessionVersion) ? person.actor : null;
}

export async function hasAnybody(): Promise<boolean> {
  return (await prisma().person.findFirst({ select: { id: true } })) !== null;
}

export interface PersonRow {
  id: string;
  name: string;
  email: string;
  houseRoles: string[];
  owned: { agentId: string; role: string; isDeputy: boolean; deputyUntil: Date | null }[];
  hasPassword: boolean;
  hasSingleSignOn: boolean;
  disabledAt: Date | null;
  lastSignInAt: Date | null;
}

export const PEOPLE_AT_ONCE = 50;

export interface PeoplePage {
  rows: PersonRow[];
  /** What the next page comes after; null on the last one. */
  next: string | null;
  /** Of the whole house, whatever is looked for. */
  canSignIn: number;
}

/** By name. `text`: part of a name or of an e-mail address, or a whole id. `after`: the id of the last one before. */
export async function listPeople(text: string | null, after: string | null): Promise<PeoplePage> {
  const [found, canSignIn] = await Promise.all([
    prisma().person.findMany({
      ...(text !== null && { where: { OR: [{ id: text }, { name: contains(text) }, { email: contains(text) }] } }),
      ...(after !== null && { cursor: { id: after }, skip: 1 }),
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: PEOPLE_AT_ONCE + 1,
      select: {
        id: true, name: true, email: true, houseRoles: true, disabledAt: true, lastSignInAt: true, passwordHash: true, oidcSubject: true,
        owned: { select: { agentId: true, role: true, isDeputy: true, deputyUntil: true } },
      },
    }),
    prisma().person.count({ where: { disabledAt: null } }),
  ]);
  const rows = found.slice(0, PEOPLE_AT_ONCE).map(({ passwordHash, oidcSubject, ...row }) => ({ ...row, hasPassword: passwordHash !== null, hasSingleSignOn: oidcSubject !== null }));
  return { rows, next: found.length > PEOPLE_AT_ONCE ? (rows.at(-1)?.id ?? null) : null, canSignIn };
}

/** It was set by somebody else, so the first thing its person does is to choose another. */
export async function hasTemporaryPassword(personId: string): Promise<boolean> {
  const person = await prisma().person.findUnique({ where: { id: personId }, select: { passwordHash: true } });
  return isTemporary(person?.passwordHash ?? null);
}

export async function hasPassword(personId: string): Promise<boolean> {
  return ((await prisma().person.findUnique({ where: { id: personId }, select: { passwordHash: true } }))?.passwordHash ?? null) !== null;
}

export async function findPersonByEmail(email: string): Promise<{ id: string; name: string } | null> {
  return prisma().person.findUnique({ where: { email: email.trim().toLowerCase() }, select: { id: true, name: true } });
}
