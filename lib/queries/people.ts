// Who is there, and what may they do?

import { isTemporary } from "../auth/password.ts";
import { prisma } from "../database/database.ts";
import { HOUSE_ROLES, OWNER_ROLES, type HouseRole, type OwnerRole, type PersonActor } from "../domain/roles.ts";

const isHouseRole = (role: string): role is HouseRole => (HOUSE_ROLES as readonly string[]).includes(role);
const isOwnerRole = (role: string): role is OwnerRole => (OWNER_ROLES as readonly string[]).includes(role);

/** The person as an actor, deputies in force included; null when unknown, disabled or signed out everywhere since. */
export async function findPersonActor(personId: string, sessionVersion: number | null, now: Date): Promise<PersonActor | null> {
  const person = await prisma().person.findUnique({
    where: { id: personId },
    select: { id: true, name: true, houseRoles: true, sessionVersion: true, disabledAt: true, owned: true },
  });
  if (!person || person.disabledAt) return null;
  if (sessionVersion !== null && person.sessionVersion !== sessionVersion) return null;
  const owns: Record<string, OwnerRole[]> = Object.create(null) as Record<string, OwnerRole[]>;
  for (const { agentId, role, isDeputy, deputyUntil } of person.owned) {
    const isInForce = !isDeputy || (deputyUntil !== null && deputyUntil > now);
    if (isInForce && isOwnerRole(role)) (owns[agentId] ??= []).push(role);
  }
  return { kind: "person", id: person.id, name: person.name, roles: person.houseRoles.filter(isHouseRole), owns };
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

export async function listPeople(): Promise<PersonRow[]> {
  const rows = await prisma().person.findMany({
    orderBy: { name: "asc" },
    select: {
      id: true, name: true, email: true, houseRoles: true, disabledAt: true, lastSignInAt: true, passwordHash: true, oidcSubject: true,
      owned: { select: { agentId: true, role: true, isDeputy: true, deputyUntil: true } },
    },
  });
  return rows.map(({ passwordHash, oidcSubject, ...row }) => ({ ...row, hasPassword: passwordHash !== null, hasSingleSignOn: oidcSubject !== null }));
}

/** For choosing an owner: everybody who can sign in. Two of the same name are told apart by their e-mail address. */
export async function listPersonNames(): Promise<{ id: string; name: string }[]> {
  const people = await prisma().person.findMany({ where: { disabledAt: null }, orderBy: [{ name: "asc" }, { email: "asc" }], select: { id: true, name: true, email: true } });
  const nameOf = ({ name }: { name: string }): string => name.trim().toLowerCase();
  const counts = Map.groupBy(people, nameOf);
  return people.map((person) => ({ id: person.id, name: (counts.get(nameOf(person))?.length ?? 0) > 1 ? `${person.name}, ${person.email}` : person.name }));
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
