"use client";

import { Dialog } from "../ui/dialog.tsx";
import { LETTER_OF } from "./nav-letters.ts";
import { NAV_ENTRIES } from "./navigation.ts";

const HELP: readonly (readonly [keys: string, does: string])[] = [
  ["Ctrl K or /", "Search"], ["Ctrl .", "Stop"], ["j, k", "Next, previous row"], ["Enter, Esc", "Open, close"], ["[, ]", "Previous, next tab"],
  ["a, then Enter", "Approve, on a change or an action"], ["r", "Reject, on a change or an action"], ["e", "Edit the arguments, on an action"], ["u", "Undo an approval while the agent is not told"], ["n, p", "Next, previous finding, on a run"], [".", "Show what is new"], ["Shift .", "Pause or resume updates"], ["?", "This list"],
];

/** The list of keys. Loaded when it is first asked for. */
export function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keys">
      <table className="keys">
        <tbody>
          {[...HELP, ...NAV_ENTRIES.flatMap(({ key, label }) => (LETTER_OF[key] === undefined ? [] : [[`g ${LETTER_OF[key]}`, label] as const]))].map(([keys, does]) => (
            <tr key={keys}>
              <th scope="row"><kbd>{keys}</kbd></th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
