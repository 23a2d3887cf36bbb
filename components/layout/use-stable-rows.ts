"use client";

import { useState } from "react";
import { mergeStable, type Stable } from "./merge-stable.ts";
import { useHeldOrder } from "./use-held-order.ts";

interface StableRows<Item> extends Stable<Item> {
  /** Goes on the element around the rows. */
  hold: ReturnType<typeof useHeldOrder>["hold"];
  /** Shows what is new, whoever is in the list. */
  apply: () => void;
}

/**
 * Rows never move under a finger: while the pointer or the focus is inside, what is new waits and what is gone stays, and both are told.
 * `goesOn`: another page follows.
 */
export function useStableRows<Item>(fresh: readonly Item[], keyOf: (item: Item) => string, goesOn: boolean): StableRows<Item> {
  const [shown, setShown] = useState(fresh);
  const { isHeld, hold } = useHeldOrder();
  if (!isHeld && shown !== fresh) setShown(fresh);
  const merged = isHeld ? mergeStable(shown, fresh, keyOf, goesOn) : { items: [...fresh], newCount: 0, goneKeys: [] };
  return { ...merged, hold, apply: () => setShown(fresh) };
}
