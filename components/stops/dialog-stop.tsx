"use client";

import { usePathname } from "next/navigation";
import { pressStop } from "@/components/layout/press-stop.ts";
import { stopHrefOf } from "./stop-href.ts";
import { StopIcon } from "./stop-icon.tsx";

/** Stop over a dialog, which covers the frame's own. The sheet stays the frame's: it must not go when the dialog goes. */
export function DialogStop() {
  return (
    <span className="plate plate-row">
      <a
        className="stop-control" href={stopHrefOf(usePathname())}
        onClick={(event) => {
          if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && pressStop()) event.preventDefault();
        }}
      >
        <StopIcon size={16} />
        Stop
      </a>
    </span>
  );
}
