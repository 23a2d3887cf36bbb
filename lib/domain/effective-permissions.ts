// What may this person do, and by which role?

import { PERMISSION_TABLE, PERMISSIONS, type Permission } from "./permissions.ts";
import { OWNER_ROLES, ROLE_NAMES, type OwnerRole, type PersonActor } from "./roles.ts";

export interface EffectivePermission {
  permission: Permission;
  /** For instance "approve changes". */
  to: string;
  /** `all`: everywhere; a list: for these agents only; empty: not at all. */
  where: "all" | string[];
  /** Names of the roles it comes from. */
  by: string[];
}

export function effectivePermissions(person: PersonActor): EffectivePermission[] {
  return PERMISSIONS.map((permission) => {
    const row = PERMISSION_TABLE[permission];
    const house = row.house.filter((role) => person.roles.includes(role));
    const agents = Object.entries(person.owns).filter(([, roles]) => roles.some((role) => row.owners.includes(role)));
    const owner = OWNER_ROLES.filter((role: OwnerRole) => row.owners.includes(role) && agents.some(([, roles]) => roles.includes(role)));
    const isEverywhere = house.length > 0 || (row.ownersOf === "any agent" && agents.length > 0);
    return { permission, to: row.to, where: isEverywhere ? "all" : agents.map(([agentId]) => agentId).toSorted(), by: [...house, ...owner].map((role) => ROLE_NAMES[role]) };
  });
}
