// Several metrics are watched at once: is any of them worse, and which?

/** One way in which a candidate can be worse. Weights sum to 1 over all of them. */
export interface WeighedEvidence {
  weight: number;
  /** An e-value. */
  e: number;
}

/** The weighted mean of e-processes is an e-process: it says whether any is worse. Vovk, Wang, Ann. Statist. 49 (2021) 1736–1754. */
export const combinedEvidence = (all: readonly WeighedEvidence[]): number => all.reduce((sum, { weight, e }) => sum + weight * e, 0);

/**
 * Closed testing: one is named when the weighted mean of every set of hypotheses that contains it reaches `level`; the chance that a metric
 * that is no worse is ever named stays at most 1 / level. The weakest such set takes in, smallest first, all e-values below its own mean.
 */
export function namedByClosedTesting(all: readonly WeighedEvidence[], level: number): boolean[] {
  const rising = all.toSorted((a, b) => a.e - b.e);
  return all.map((one) => {
    let weight = one.weight;
    let sum = one.weight * one.e;
    for (const other of rising) {
      if (other === one) continue;
      if (other.e * weight >= sum) break;
      weight += other.weight;
      sum += other.weight * other.e;
    }
    return sum >= level * weight;
  });
}
