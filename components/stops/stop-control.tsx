"use client";

import { usePathname } from "next/navigation";
import { classNames } from "@/components/ui/class-names.ts";
import { stopHrefOf } from "./stop-href.ts";

/** Red on the yellow plate means stop and nothing else. A plain link, so that it works without a script and leaves the console behind. */
export function StopControl({ isInBar = false }: { isInBar?: boolean }) {
  return (
    <span className={classNames("plate", isInBar && "plate-bar")}>
      <a className="stop-control" href={stopHrefOf(usePathname())}>
        <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" aria-hidden="true">
          <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" strokeWidth="1.6" strokeLinejoin="round" />
          <path d="M5.2 8h5.6" strokeWidth="2" strokeLinecap="round" />
        </svg>
        Stop
      </a>
    </span>
  );
}
