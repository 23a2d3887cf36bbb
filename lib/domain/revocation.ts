// Does an agent gain something when an override of it is revoked?

import type { Authority } from "./authority.ts";

/** Of one that has no effect beside a stricter one nothing is gained. */
export function revocationLoosens({ constraints }: Pick<Authority, "constraints">, overrideId: string): boolean {
  return constraints.some(({ source, evidence, overriddenBy }) => (overriddenBy?.id === overrideId && overriddenBy.isLimit) || (source === "override" && evidence.id === overrideId));
}
