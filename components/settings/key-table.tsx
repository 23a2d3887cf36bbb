"use client";

import { useState, type KeyboardEvent } from "react";
import { chooseKey, KEY_COMMANDS, type KeyCommand } from "@/components/layout/key-commands.ts";
import { keyOf, keyWords } from "@/components/layout/key-of.ts";
import { setChosenKeys } from "@/components/layout/keys-setting.ts";
import { useChosenKeys } from "@/components/layout/use-chosen-keys.ts";
import { Button } from "@/components/ui/button.tsx";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta"]);

/** Every key that does something by itself: pressed anew, it is another one on this device. */
export function KeyTable() {
  const chosen = useChosenKeys();
  const [asked, setAsked] = useState<string | null>(null);
  const [said, setSaid] = useState<{ id: string; words: string } | null>(null);

  const ask = (id: string, button: HTMLElement) => {
    // Not every browser gives the focus to a button that is pressed with a pointer.
    button.focus();
    setAsked(id);
    setSaid(null);
  };
  const press = (command: KeyCommand) => (event: KeyboardEvent) => {
    if (asked !== command.id || event.key === "Tab" || MODIFIERS.has(event.key)) return;
    event.preventDefault();
    // It is no command while it is chosen.
    event.stopPropagation();
    if (event.repeat) return;
    if (event.key === "Escape") return setAsked(null);
    const choice = chooseKey(command, event, chosen);
    if ("refusal" in choice) return setSaid({ id: command.id, words: choice.refusal });
    setChosenKeys(Object.fromEntries([...Object.entries(chosen).filter(([id]) => id !== command.id), ...(choice.key === command.id ? [] : [[command.id, choice.key] as const])]));
    setAsked(null);
    setSaid({ id: command.id, words: `${keyWords(choice.key)} from now on.` });
  };
  return (
    <>
      <ul className="rows" aria-label="Keys">
        {KEY_COMMANDS.map((command) => {
          const isAsked = asked === command.id;
          const key = keyWords(keyOf(command.id, chosen));
          return (
            <li key={command.id} className="key-row">
              <kbd>{key}</kbd>
              <span className="min-w-0">
                {command.does}
                <span className="meta block" role="status">{said?.id === command.id ? said.words : isAsked ? "Press the new key. Esc leaves it as it is." : ""}</span>
              </span>
              <Button size="sm" aria-label={`${isAsked ? "Press the new key of" : "Change the key of"} ${command.does}`} onClick={(event) => ask(command.id, event.currentTarget)} onBlur={() => isAsked && setAsked(null)} onKeyDown={press(command)}>
                {isAsked ? "Press the new key" : "Change"}
              </Button>
            </li>
          );
        })}
      </ul>
      <div className="card-foot">
        <Button size="sm" variant="quiet" disabledReason={Object.keys(chosen).length === 0 ? "All are as they came." : undefined} onClick={() => setChosenKeys({})}>All as they came</Button>
      </div>
    </>
  );
}
