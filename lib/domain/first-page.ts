// Where does somebody begin after signing in?

import type { PersonActor } from "./roles.ts";

/** A person who owns agents as business owner and has no other work here begins with what they are worth; a viewer's role alone is no other work. */
export function firstPageOf(actor: Pick<PersonActor, "roles" | "owns">): "now" | "portfolio" {
  const owned = Object.values(actor.owns).flat();
  const isBusinessOnly = owned.length > 0 && owned.every((role) => role === "business_owner") && actor.roles.every((role) => role === "viewer");
  return isBusinessOnly ? "portfolio" : "now";
}
