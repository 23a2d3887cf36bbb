"use client";

import { keyOf, keyWords } from "./key-of.ts";
import { useChosenKeys } from "./use-chosen-keys.ts";

/** The key of a command as it is on this device. */
export function KeyHint({ of }: { of: string }) {
  return <kbd>{keyWords(keyOf(of, useChosenKeys()))}</kbd>;
}
