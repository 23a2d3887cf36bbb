// Is everything in this process well? Each part that runs by itself says so; readiness asks them all.

export type HealthCheck = () => boolean;

// Next compiles copies of this module into its bundles.
const shared = globalThis as typeof globalThis & { holdpointHealth?: Map<string, HealthCheck> };
const checks = (): Map<string, HealthCheck> => (shared.holdpointHealth ??= new Map());

/** Returns how to take it back, when the part stops. */
export function reportHealth(part: string, check: HealthCheck): () => void {
  checks().set(part, check);
  return () => void (checks().get(part) === check && checks().delete(part));
}

export const unwellParts = (): string[] => [...checks()].filter(([, check]) => !check()).map(([part]) => part);
