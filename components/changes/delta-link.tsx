"use client";

import type { ReactNode } from "react";
import { DELTA_ID, goToUnread } from "./delta-seen.ts";

/** To the first line of what would be different that was not seen yet. */
export function DeltaLink({ className, children }: { className: string; children: ReactNode }) {
  return (
    <a className={className} href={`#${DELTA_ID}`} onClick={(event) => {
      if (goToUnread()) event.preventDefault();
    }}>
      {children}
    </a>
  );
}
