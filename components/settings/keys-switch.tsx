"use client";

import { useSyncExternalStore } from "react";
import { areKeysOn, setKeysOn } from "@/components/layout/keys-setting.ts";

const CHANGED = "holdpoint-keys-changed";

function subscribe(notify: () => void): () => void {
  window.addEventListener(CHANGED, notify);
  return () => window.removeEventListener(CHANGED, notify);
}

/** For who types with speech, or uses letters for something else. */
export function KeysSwitch() {
  const isOn = useSyncExternalStore(subscribe, areKeysOn, () => true);
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input
        type="checkbox" checked={isOn}
        onChange={(event) => {
          setKeysOn(event.target.checked);
          window.dispatchEvent(new Event(CHANGED));
        }}
      />
      <span>
        Single letters are commands
        <span className="meta block">On this device. <kbd>?</kbd> shows them. Ctrl K and Ctrl . work either way.</span>
      </span>
    </label>
  );
}
