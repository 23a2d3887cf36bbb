// When had one version stopped bringing tasks, although at its usual pace it would have brought some?

/** As many tasks are expected in a time in which, in one case of twenty, none comes by chance. */
const EXPECTED = 3;

/**
 * By slot: is it part of a time in which this version had stopped? `totals`: of everything until the end of each slot. Of a version that brings few
 * tasks most slots are empty, and only a long row of them says something. Before the first task nothing had begun that could stop.
 */
export function silentSlots(totals: readonly number[]): boolean[] {
  const silent = totals.map(() => false);
  const first = totals.findIndex((total) => total > 0);
  if (first < 0) return silent;
  const pace = (totals.at(-1) ?? 0) / (totals.length - first);
  let from = first + 1;
  for (let slot = first + 1; slot <= totals.length; slot += 1) {
    if (slot < totals.length && totals[slot] === totals[slot - 1]) continue;
    // The last slot is not over.
    const whole = Math.min(slot, totals.length - 1) - from;
    if (whole * pace >= EXPECTED) silent.fill(true, from, slot);
    from = slot + 1;
  }
  return silent;
}
