// Who are these people by now, as actors? Shared by the queries that sign them in and the operations that count their word.

import { HOUSE_ROLES, OWNER_ROLES, type HouseRole, type OwnerRole, type PersonActor } from "../domain/roles.ts";
import type { Transaction } from "./database.ts";

const isHouseRole = (role: string): role is HouseRole => (HOUSE_ROLES as readonly string[]).includes(role);
const isOwnerRole = (role: string): role is OwnerRole => (OWNER_ROLES as readonly string[]).includes(role);

export interface KnownPerson {
  actor: PersonActor;
  email: string;
  sessionVersion: number;
}

/** Deputies in force included; whoever is unknown or disabled is left out. */
export async function loadPersonActors(tx: Pick<Transaction, "person">, personIds: readonly string[], now: Date): Promise<KnownPerson[]> {
  const people = await tx.person.findMany({
    where: { id: { in: [...personIds] }, disabledAt: null }, orderBy: { id: "asc" },
    select: { id: true, name: true, email: true, houseRoles: true, sessionVersion: true, owned: true },
  });
  return people.map(({ id, name, email, houseRoles, sessionVersion, owned }) => {
    const owns: Record<string, OwnerRole[]> = Object.create(null) as Record<string, OwnerRole[]>;
    for (const { agentId, role, isDeputy, deputyUntil } of owned) {
      const isInForce = !isDeputy || (deputyUntil !== null && deputyUntil > now);
      if (isInForce && isOwnerRole(role)) (owns[agentId] ??= []).push(role);
    }
    return { actor: { kind: "person", id, name, roles: houseRoles.filter(isHouseRole), owns }, email, sessionVersion };
  });
}
