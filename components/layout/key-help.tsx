"use client";

import { useState } from "react";
import { paths } from "../../lib/paths.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Link } from "../ui/link.tsx";
import { KEY_COMMANDS } from "./key-commands.ts";
import { keyOf, keyWords } from "./key-of.ts";
import { LETTER_OF } from "./nav-letters.ts";
import { NAV_ENTRIES } from "./navigation.ts";
import { keysOfPage } from "./page-keys.ts";
import { useChosenKeys } from "./use-chosen-keys.ts";

const FIXED: readonly (readonly [keys: string, does: string])[] = [["Ctrl K", "Search"], ["Enter", "Open"], ["Esc", "Close; on the page of one item, back to the list"]];

/** The list of keys, what the page under it offers first. Loaded when it is first asked for. */
export function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keys">
      <Keys />
      <p className="dense"><Link className="link" href={paths.settingsKeyboard()} onClick={onClose}>Choose other keys, or switch single letters off</Link></p>
    </Dialog>
  );
}

function Keys() {
  const chosen = useChosenKeys();
  const [offered] = useState(() => keysOfPage(KEY_COMMANDS));
  const go = keyOf("g", chosen);
  const commands = KEY_COMMANDS.filter(({ id }) => id !== "g").map(({ id, does }) => ({ isHere: offered.includes(id), row: [keyWords(keyOf(id, chosen)), does] as const }));
  const here = commands.filter(({ isHere }) => isHere).map(({ row }) => row);
  const everywhere = [
    ...commands.filter(({ isHere }) => !isHere).map(({ row }) => row), ...FIXED,
    ...NAV_ENTRIES.flatMap(({ key, label }) => (LETTER_OF[key] === undefined ? [] : [[`${go} ${LETTER_OF[key]}`, label] as const])),
  ];
  return (
    <table className="keys">
      {here.length > 0 && <Group title="On this page" rows={here} />}
      <Group title={here.length > 0 ? "Elsewhere and everywhere" : null} rows={everywhere} />
    </table>
  );
}

function Group({ title, rows }: { title: string | null; rows: readonly (readonly [keys: string, does: string])[] }) {
  return (
    <tbody>
      {title !== null && <tr><th colSpan={2} scope="rowgroup">{title}</th></tr>}
      {rows.map(([keys, does]) => (
        <tr key={`${keys} ${does}`}>
          <th scope="row"><kbd>{keys}</kbd></th>
          <td>{does}</td>
        </tr>
      ))}
    </tbody>
  );
}
