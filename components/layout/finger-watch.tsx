"use client";

import { useEffect, useRef } from "react";
import { finger } from "./finger.ts";

const down = () => finger.down();
const lifted = ({ touches }: TouchEvent) => {
  if (touches.length === 0) finger.lifted();
};

/** In a row only: nothing else means something different from one moment to the next, and Stop is never held back. A key presses what has the focus, wherever that moved. */
function holdBack(event: MouseEvent): void {
  const isByPointer = event.detail > 0;
  if (!isByPointer || (finger.isHere() ? finger.isSteady() : finger.isMouseSteady()) || !(event.target instanceof Element) || event.target.closest("main :is(li, tr)") === null) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Once in the frame: tells where fingers are, and holds back a press, of a finger or a mouse, that was meant for the row before. */
export function FingerWatch() {
  useEffect(() => {
    const watched = new AbortController();
    const { signal } = watched;
    window.addEventListener("touchstart", down, { passive: true, signal });
    for (const end of ["touchend", "touchcancel"] as const) window.addEventListener(end, lifted, { passive: true, signal });
    window.addEventListener("click", holdBack, { capture: true, signal });
    return () => watched.abort();
  }, []);
  return null;
}

/** What stands above the rows of a page: when it changes by itself, they may have moved. */
export function useMovesRows(above: string): void {
  const before = useRef(above);
  useEffect(() => {
    if (before.current !== above) finger.rowsMoved();
    before.current = above;
  }, [above]);
}
