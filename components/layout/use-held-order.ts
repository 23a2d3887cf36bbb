"use client";

import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from "react";

/** How long an order still holds after pointer and focus have left: who moves away to read moves back to press. */
const RELEASED_AFTER_MS = 2_000;

/** Whether a list keeps its order because somebody is in it; `hold` goes on the element around its rows. */
export function useHeldOrder() {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const enter = () => {
    clearTimeout(timer.current);
    setHeld(true);
  };
  const leave = (isStillIn: boolean) => {
    clearTimeout(timer.current);
    if (!isStillIn) timer.current = setTimeout(() => setHeld(false), RELEASED_AFTER_MS);
  };
  return {
    isHeld,
    hold: {
      onPointerEnter: enter,
      onPointerLeave: ({ currentTarget }: PointerEvent<HTMLElement>) => leave(currentTarget.contains(document.activeElement)),
      onFocus: enter,
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => leave(currentTarget.matches(":hover") || currentTarget.contains(relatedTarget)),
    },
  };
}
