"use client";

import { useEffect, useRef, type ReactNode } from "react";
import { DELTA_ID, watchDelta } from "./delta-seen.ts";

/** Around the card that says what would be different: it is known whether that was in the window. `shown` as of `watchDelta`. */
export function DeltaPlace({ shown, children }: { shown: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current === null ? undefined : watchDelta(place.current, shown)), [shown]);
  return <div ref={place} id={DELTA_ID} className="o1 min-w-0">{children}</div>;
}
