"use client";

import { useSyncExternalStore } from "react";
import type { ChosenKeys } from "./key-of.ts";
import { chosenKeys, NO_CHOSEN_KEYS, subscribeToKeys } from "./keys-setting.ts";

/** The keys that were chosen on this device; the server knows none. */
export const useChosenKeys = (): ChosenKeys => useSyncExternalStore(subscribeToKeys, chosenKeys, () => NO_CHOSEN_KEYS);
