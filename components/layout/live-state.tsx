import type { ReactNode } from "react";

const WORDS = { live: "Live", delayed: "Delayed", offline: "Offline", paused: "Paused" } as const;

/** Whether what is on the screen is current, as a word; `detail` is the time it is from. */
export function LiveState({ state, detail }: { state: keyof typeof WORDS; detail?: ReactNode }) {
  return (
    <span className={`live live-${state}`}>
      <span className="live-dot" aria-hidden="true" />
      <b>{WORDS[state]}</b>
      {detail !== undefined && <span className="hidden text-fg-3 sm:inline">{detail}</span>}
    </span>
  );
}
