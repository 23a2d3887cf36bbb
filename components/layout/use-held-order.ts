"use client";

import { useEffect, useRef, useState, useSyncExternalStore, type FocusEvent, type PointerEvent } from "react";
import { STILL_THERE_MS } from "./finger.ts";

const POINTS = "(hover: hover)";

function subscribe(notify: () => void): () => void {
  const points = matchMedia(POINTS);
  points.addEventListener("change", notify);
  return () => points.removeEventListener("change", notify);
}

/** Nothing is seen of a finger before it touches: where it is about to come down, rows must stand still already. */
const useIsTouched = (): boolean => useSyncExternalStore(subscribe, () => !matchMedia(POINTS).matches, () => false);

/** Whether a list keeps its order because somebody is in it, or may be in the next moment; `hold` goes on the element around its rows. */
export function useHeldOrder() {
  const isTouched = useIsTouched();
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const enter = () => {
    clearTimeout(timer.current);
    setHeld(true);
  };
  const leave = (isStillIn: boolean) => {
    clearTimeout(timer.current);
    if (!isStillIn) timer.current = setTimeout(() => setHeld(false), STILL_THERE_MS);
  };
  return {
    isHeld: isHeld || isTouched,
    /** By a finger that may come: nothing but a press lets it go. */
    isTouched,
    hold: {
      onPointerEnter: enter,
      onPointerLeave: ({ currentTarget }: PointerEvent<HTMLElement>) => leave(currentTarget.contains(document.activeElement)),
      onFocus: enter,
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => leave(currentTarget.matches(":hover") || currentTarget.contains(relatedTarget)),
    },
  };
}
