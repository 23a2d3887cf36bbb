// What does a repeated task look like? It looks at the state, does what is due, and is safe to run twice.

export interface Sweep {
  name: string;
  everyMs: number;
  /** Kinds of events after which it runs at once; a kind that ends in a dot stands for all that begin so. */
  wakesOn?: readonly string[];
  /** People wait for it: it does not rest longer because it worked for long. */
  isUrgent?: boolean;
  /** It has to get through when all everyday connections are in use. */
  isForStop?: boolean;
  run: (now: Date) => Promise<unknown>;
}

export const isWokenBy = (sweep: Sweep, kind: string): boolean =>
  (sweep.wakesOn ?? []).some((pattern) => (pattern.endsWith(".") ? kind.startsWith(pattern) : kind === pattern));
