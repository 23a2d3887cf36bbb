import { HOUSE_ROLES, ROLE_NAMES, type HouseRole, type Role } from "@/lib/domain/roles.ts";

const DETAILS: Record<HouseRole, string> = {
  viewer: "Sees agents, runs and changes.",
  operator: "Creates agents, proposes changes, resolves findings, records outcomes, stops agents.",
  on_call: "Lowers stages and stops agents, at any hour.",
  auditor: "Reads everything, the log and settings too, and changes nothing.",
  administrator: "Keeps people, keys and prices. Approves nothing by this role.",
};

export const HOUSE_ROLE_CHOICES = HOUSE_ROLES.map((role) => ({ value: role, label: ROLE_NAMES[role], detail: DETAILS[role] }));

export const roleName = (role: string): string => (Object.hasOwn(ROLE_NAMES, role) ? ROLE_NAMES[role as Role] : role);
