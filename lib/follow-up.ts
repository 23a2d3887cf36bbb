// What still goes on after its answer was given? Kept, so that nobody takes the database away under it.

// Next compiles copies of this module into its bundles.
const shared = globalThis as typeof globalThis & { holdpointFollowUps?: Set<Promise<void>> };
const underWay = (): Set<Promise<void>> => (shared.holdpointFollowUps ??= new Set());

/** `work` never rejects, and is made up for by a sweep when the process ends before it. */
export function followUp(work: Promise<void>): void {
  const kept: Promise<void> = work.finally(() => underWay().delete(kept));
  underWay().add(kept);
}

/** Resolves when all that was under way has ended, and what it began in turn. */
export async function followUpsDone(): Promise<void> {
  while (underWay().size > 0) await Promise.all(underWay());
}
