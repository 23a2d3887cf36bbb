// What does a repeated task look like? It looks at the state, does what is due, and is safe to run twice.

export interface Sweep {
  name: string;
  everyMs: number;
  /** Kinds of events after which it runs at once; a kind that ends in a dot stands for all that begin so. */
  wakesOn?: readonly string[];
  run: (now: Date) => Promise<unknown>;
}

export const isWokenBy = (sweep: Sweep, kind: string): boolean =>
  (sweep.wakesOn ?? []).some((pattern) => (pattern.endsWith(".") ? kind.startsWith(pattern) : kind === pattern));
