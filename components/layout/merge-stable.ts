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
export function mergeStable<Item>(shown: readonly Item[], fresh: readonly Item[], keyOf: (item: Item) => string, goesOn: boolean): Stable<Item> {
  const byKey = new Map(fresh.map((item) => [keyOf(item), item]));
  const lastThere = shown.findLastIndex((item) => byKey.has(keyOf(item)));
  const known = new Set(shown.map(keyOf));
  return {
    items: shown.map((item) => byKey.get(keyOf(item)) ?? item),
    newCount: fresh.filter((item) => !known.has(keyOf(item))).length,
    goneKeys: shown.filter((item, index) => !byKey.has(keyOf(item)) && (!goesOn || index < lastThere)).map(keyOf),
  };
}
