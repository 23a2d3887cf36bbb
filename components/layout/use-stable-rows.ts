"use client";

import { useState } from "react";
import { mergeStable, type Stable } from "./merge-stable.ts";
import { useHeldOrder } from "./use-held-order.ts";

interface StableRows<Item> extends Omit<Stable<Item>, "newCount"> {
  /** What waits to be shown, in a word: "3 new". */
  news: string | null;
  /** Goes on the element around the rows. */
  hold: ReturnType<typeof useHeldOrder>["hold"];
  /** Shows what is new, whoever is in the list. */
  apply: () => void;
}

/**
 * Rows never move under a finger: while the pointer or the focus is inside, and always where there are only fingers, what is new waits and what is gone stays, and both are told.
 * `goesOn`: another page follows.
 */
export function useStableRows<Item>(fresh: readonly Item[], keyOf: (item: Item) => string, goesOn: boolean): StableRows<Item> {
  const [shown, setShown] = useState(fresh);
  const { isHeld, isTouched, hold } = useHeldOrder();
  // In an empty list nothing can move.
  const isFree = !isHeld || shown.length === 0;
  if (isFree && shown !== fresh) setShown(fresh);
  const { items, newCount, goneKeys } = isFree ? { items: [...fresh], newCount: 0, goneKeys: [] } : mergeStable(shown, fresh, keyOf, goesOn);
  const news = newCount > 0 ? `${newCount} new` : isTouched && goneKeys.length > 0 ? `${goneKeys.length} gone` : null;
  return { items, goneKeys, news, hold, apply: () => setShown(fresh) };
}
