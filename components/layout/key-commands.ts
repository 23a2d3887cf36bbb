import { keyOf, keyWords, type ChosenKeys } from "./key-of.ts";

export interface KeyCommand {
  /** The key it has as long as nobody chose another one; it is called by it, in `data-key` too. */
  id: string;
  does: string;
  /** Works in a field and over a dialog, so it takes Ctrl or Alt. */
  isChord?: true;
}

export const KEY_COMMANDS: readonly KeyCommand[] = [
  { id: "$mod+.", does: "Stop", isChord: true }, { id: "/", does: "Search" }, { id: "j", does: "Next row" }, { id: "k", does: "Previous row" }, { id: "[", does: "Previous tab" }, { id: "]", does: "Next tab" },
  { id: "x", does: "Select the row, in the inbox" }, { id: "J", does: "Select on, downwards" }, { id: "K", does: "Select on, upwards" },
  { id: "a", does: "Approve, on a change, an action or a row of the inbox; Enter confirms" }, { id: "r", does: "Reject, on a change or an action" }, { id: "e", does: "Edit the arguments, on an action" }, { id: "u", does: "Undo an approval while the agent is not told" },
  { id: "m", does: "Take it, or give it back" }, { id: "h", does: "Snooze it" }, { id: "c", does: "Comment on it" },
  { id: "n", does: "Next finding, on a run" }, { id: "p", does: "Previous finding, on a run" }, { id: ".", does: "Show what is new" }, { id: "Shift+.", does: "Pause or resume updates" }, { id: "g", does: "Go to a page: its letter follows" }, { id: "?", does: "List of keys" },
];

export interface PressedKey {
  key: string;
  /** The place of the key, whatever it writes on this keyboard. */
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export type KeyChoice = { key: string } | { refusal: string };

/** What a browser does with them cannot be taken over. */
const KEPT_BY_BROWSERS = /^[nqrtwl]$/;

/** The key that somebody presses for a command, if it may have it. */
export function chooseKey({ id, isChord }: KeyCommand, { key, code, shiftKey, ctrlKey, metaKey, altKey }: PressedKey, chosen: ChosenKeys): KeyChoice {
  if (key.length !== 1 || key === " ") return { refusal: "A letter, a digit or a sign." };
  const isWithControl = ctrlKey || metaKey;
  if (isChord) {
    if (!isWithControl && !altKey) return { refusal: "Together with Ctrl or Alt: it works while somebody writes." };
    if (isWithControl && (KEPT_BY_BROWSERS.test(key.toLowerCase()) || key.toLowerCase() === "k")) return { refusal: `Ctrl ${key.toUpperCase()} is taken.` };
  } else if (isWithControl || altKey) return { refusal: "Without Ctrl and Alt." };
  // One press is both the sign that it writes and its place, and a command may be bound to either.
  const place = shiftKey && code === "Period" && key !== id ? "Shift+." : key;
  const wanted = isChord ? `${isWithControl ? "$mod" : "Alt"}+${key.toLowerCase()}` : place;
  const pressed = isChord ? [wanted] : [place, key];
  const holder = KEY_COMMANDS.find((other) => other.id !== id && pressed.includes(keyOf(other.id, chosen)));
  return holder === undefined ? { key: wanted } : { refusal: `${keyWords(keyOf(holder.id, chosen))} is taken: ${holder.does}.` };
}
