"use client";

import { useEffect, useRef, useState, useSyncExternalStore, type FocusEvent } from "react";

/** As in the style sheet: narrower, there is no room beside the list. */
const HAS_ROOM = "(min-width: 80rem)";

/** Whoever goes down a list by keys reads none of what is passed. */
const REST_MS = 150;

function subscribe(notify: () => void): () => void {
  const room = matchMedia(HAS_ROOM);
  room.addEventListener("change", notify);
  return () => room.removeEventListener("change", notify);
}

/** Null on the server, which sees no window. */
const useHasRoom = (): boolean | null => useSyncExternalStore<boolean | null>(subscribe, () => matchMedia(HAS_ROOM).matches, () => null);

/** The address keeps it, and no step back is made of it. Not by the router's own way, which takes any change of the address for one more navigation: it would end the one that is under way. */
function keepInAddress(key: string): void {
  const address = new URL(location.href);
  address.searchParams.set("sel", key);
  History.prototype.replaceState.call(history, history.state, "", address);
}

/** Which item of a list is shown beside it: the one that has or had the focus, else the first. `onFocus` goes on the element around the rows. Undefined until there is a window. */
export function useShownItem<Item extends { key: string }>(items: readonly Item[], initial: string | null) {
  const hasRoom = useHasRoom();
  // What comes before it later takes nothing from under anybody's eyes.
  const [chosen, setChosen] = useState(initial ?? items[0]?.key ?? null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onFocus = (event: FocusEvent) => {
    const key = event.target.closest<HTMLElement>("[data-item]")?.dataset.item;
    clearTimeout(timer.current);
    if (key === undefined || key === chosen || !hasRoom) return;
    timer.current = setTimeout(() => {
      setChosen(key);
      keepInAddress(key);
    }, REST_MS);
  };
  const shown = items.find(({ key }) => key === chosen) ?? items[0] ?? null;
  return { shown: hasRoom === null ? undefined : hasRoom ? shown : null, onFocus };
}
