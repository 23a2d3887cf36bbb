"use client";

import { useEffect } from "react";
import { tinykeys } from "tinykeys";
import { formatClock } from "../../lib/format.ts";
import { isTyping } from "./is-typing.ts";
import { bindingOf, keyOf } from "./key-of.ts";
import { areKeysOn } from "./keys-setting.ts";
import { useLive } from "./live-provider.tsx";
import { useChosenKeys } from "./use-chosen-keys.ts";

const WORDS = { live: "Live", delayed: "Delayed", offline: "Offline", paused: "Paused", signed_out: "Signed out" } as const;

/** Whether what is on the screen is current, as a word with the time it is from; pressing it holds the screen as it is. */
export function LiveState() {
  const { status, asOfMs, pause, resume } = useLive();
  const chosen = useChosenKeys();
  const isPaused = status === "paused";
  const toggle = isPaused ? resume : pause;
  useEffect(() => tinykeys(window, {
    [bindingOf(keyOf("Shift+.", chosen))]: (event) => {
      // Where the sign at this place searches, it searches.
      if (!event.repeat && event.key !== keyOf("/", chosen) && !isTyping(event.target) && !document.querySelector("dialog[open]") && areKeysOn()) toggle();
    },
  }), [chosen, toggle]);
  return (
    <button type="button" className={`live live-${status}`} onClick={toggle} aria-pressed={isPaused} title={isPaused ? "Resume updates" : "Pause updates"}>
      <span className="live-dot" aria-hidden="true" />
      <b>{WORDS[status]}</b>
      <span className="hidden text-fg-3 sm:inline" suppressHydrationWarning>{formatClock(new Date(asOfMs))} UTC</span>
      <span className="sr-only">{isPaused ? ". Resume updates" : ". Pause updates"}</span>
    </button>
  );
}
