// Who may be on call for the whole house?

import { z } from "zod";
import { may, PERMISSION_TABLE } from "./permissions.ts";
import type { HouseRole, PersonActor } from "./roles.ts";

/** Whoever is woken must be able to stop every agent. */
export const mayBeOnCall = (person: PersonActor): boolean => may(person, "stop:engage").ok;

export const ON_CALL_ROLES: readonly HouseRole[] = PERMISSION_TABLE["stop:engage"].house;

export const handOverSchema = z.object({
  /** Null: nobody. */
  personId: z.string().max(100).nullable().default(null),
  /** Who it was for whoever hands over. */
  fromId: z.string().max(100).nullable().default(null),
});
export type HandOver = z.infer<typeof handOverSchema>;

/** Told to whoever may see agents: a name, and the one way to reach a person that Holdpoint knows. */
export interface OnCall {
  id: string;
  name: string;
  email: string;
  /** ISO 8601, UTC. */
  since: string;
}
