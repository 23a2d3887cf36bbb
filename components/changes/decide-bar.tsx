"use client";

import { buttonClass } from "@/components/ui/button.tsx";
import { DeltaLink } from "./delta-link.tsx";
import { useDeltaSeen } from "./delta-seen.ts";

/** On a phone the way to the decision stays in view; it leads past what has to be read first. `shown` as of `watchDelta`. */
export function DecideBar({ shown, cannotApprove }: { shown: string; cannotApprove: string | null }) {
  const isSeen = useDeltaSeen(shown);
  if (cannotApprove === null && !isSeen) {
    return (
      <div className="decide-bar">
        <span className="meta text-pretty">To be read before you decide.</span>
        <DeltaLink className={buttonClass("primary")}>What changes</DeltaLink>
      </div>
    );
  }
  return (
    <div className="decide-bar">
      <span className="meta text-pretty">{cannotApprove ?? "Your approval would count."}</span>
      <a className={buttonClass(cannotApprove === null ? "primary" : "default")} href="#decide">Decide</a>
    </div>
  );
}
