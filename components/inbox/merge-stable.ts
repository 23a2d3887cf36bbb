interface Keyed {
  key: string;
}

export interface Stable<Item> {
  items: Item[];
  newCount: number;
  /** Shown still, though it waits no longer. */
  goneKeys: string[];
}

/**
 * The shown order with fresh contents: nothing is put in between, and nothing vanishes under a finger. `goesOn`: another page follows, so
 * that what is missing at the end was only pushed onto it.
 */
export function mergeStable<Item extends Keyed>(shown: readonly Item[], fresh: readonly Item[], goesOn = false): Stable<Item> {
  const byKey = new Map(fresh.map((item) => [item.key, item]));
  const lastThere = shown.findLastIndex((item) => byKey.has(item.key));
  const known = new Set(shown.map((item) => item.key));
  return {
    items: shown.map((item) => byKey.get(item.key) ?? item),
    newCount: fresh.filter((item) => !known.has(item.key)).length,
    goneKeys: shown.filter((item, index) => !byKey.has(item.key) && (!goesOn || index < lastThere)).map((item) => item.key),
  };
}
