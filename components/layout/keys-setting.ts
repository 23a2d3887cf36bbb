// Which keys are commands? Kept per device, as a person's hands and screen reader are.

import type { ChosenKeys } from "./key-of.ts";

const SWITCH = "holdpoint-keys";
const CHOSEN = "holdpoint-chosen-keys";
const CHANGED = "holdpoint-keys-changed";

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A browser that stores nothing keeps the default.
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** Whether single letters are commands at all (WCAG 2.1.4). */
export const areKeysOn = (): boolean => read(SWITCH) !== "off";

export const setKeysOn = (isOn: boolean): void => write(SWITCH, isOn ? null : "off");

export const NO_CHOSEN_KEYS: ChosenKeys = {};
let last: { text: string | null; chosen: ChosenKeys } = { text: null, chosen: NO_CHOSEN_KEYS };

/** The same object as long as nothing changes. */
export function chosenKeys(): ChosenKeys {
  const text = read(CHOSEN);
  if (text !== last.text) last = { text, chosen: parse(text) };
  return last.chosen;
}

function parse(text: string | null): ChosenKeys {
  try {
    const told: unknown = JSON.parse(text ?? "{}");
    return typeof told === "object" && told !== null ? Object.fromEntries(Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === "string")) : NO_CHOSEN_KEYS;
  } catch {
    return NO_CHOSEN_KEYS;
  }
}

export const setChosenKeys = (chosen: ChosenKeys): void => write(CHOSEN, Object.keys(chosen).length === 0 ? null : JSON.stringify(chosen));

/** Also when another tab changed them. */
export function subscribeToKeys(notify: () => void): () => void {
  for (const event of [CHANGED, "storage"]) window.addEventListener(event, notify);
  return () => {
    for (const event of [CHANGED, "storage"]) window.removeEventListener(event, notify);
  };
}
