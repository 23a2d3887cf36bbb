"use client";

import Link from "next/link";
import { paths } from "../../lib/paths.ts";
import { Dialog } from "../ui/dialog.tsx";
import { KEY_COMMANDS } from "./key-commands.ts";
import { keyOf, keyWords } from "./key-of.ts";
import { LETTER_OF } from "./nav-letters.ts";
import { NAV_ENTRIES } from "./navigation.ts";
import { useChosenKeys } from "./use-chosen-keys.ts";

const FIXED: readonly (readonly [keys: string, does: string])[] = [["Ctrl K", "Search"], ["Enter, Esc", "Open, close"]];

/** The list of keys. Loaded when it is first asked for. */
export function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const chosen = useChosenKeys();
  const go = keyOf("g", chosen);
  const rows = [
    ...KEY_COMMANDS.filter(({ id }) => id !== "g").map(({ id, does }) => [keyWords(keyOf(id, chosen)), does] as const), ...FIXED,
    ...NAV_ENTRIES.flatMap(({ key, label }) => (LETTER_OF[key] === undefined ? [] : [[`${go} ${LETTER_OF[key]}`, label] as const])),
  ];
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keys">
      <table className="keys">
        <tbody>
          {rows.map(([keys, does]) => (
            <tr key={`${keys} ${does}`}>
              <th scope="row"><kbd>{keys}</kbd></th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dense"><Link className="link" href={paths.settingsKeyboard()} onClick={onClose}>Choose other keys, or switch single letters off</Link></p>
    </Dialog>
  );
}
