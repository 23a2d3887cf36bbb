"use client";

import { useSyncExternalStore } from "react";
import { KeyHint } from "@/components/layout/key-hint.tsx";
import { areKeysOn, setKeysOn, subscribeToKeys } from "@/components/layout/keys-setting.ts";

/** For who types with speech, or uses letters for something else. */
export function KeysSwitch() {
  const isOn = useSyncExternalStore(subscribeToKeys, areKeysOn, () => true);
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="checkbox" checked={isOn} onChange={(event) => setKeysOn(event.target.checked)} />
      <span>
        Single letters are commands
        <span className="meta block">On this device. <KeyHint of="?" /> shows them. Ctrl K and <KeyHint of="$mod+." /> work either way.</span>
      </span>
    </label>
  );
}
