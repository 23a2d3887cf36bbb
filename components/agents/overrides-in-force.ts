import type { Authority } from "@/lib/domain/authority.ts";

/** The ids of the overrides that shape this authority now, each once. */
export function overridesInForce({ constraints }: Pick<Authority, "constraints">): string[] {
  const ids = constraints.flatMap((constraint) => [
    ...(constraint.overriddenBy ? [constraint.overriddenBy.id] : []),
    ...(constraint.source === "override" && constraint.evidence.id !== undefined ? [constraint.evidence.id] : []),
  ]);
  return [...new Set(ids)];
}
