"use client";

import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import { tinykeys } from "tinykeys";
import { isTyping } from "@/components/layout/is-typing.ts";
import { bindingOf, keyOf } from "@/components/layout/key-of.ts";
import { areKeysOn } from "@/components/layout/keys-setting.ts";
import { useChosenKeys } from "@/components/layout/use-chosen-keys.ts";
import { Icon } from "@/components/ui/icon.tsx";

const SearchDialog = dynamic(() => import("./search-dialog.tsx").then((module) => module.SearchDialog), { ssr: false });

/** What looks like a field is a button: the field comes with the list, and with its script, when somebody wants it. */
export function SearchBox() {
  /** Which opening stands there; 0: none. Whoever opens it again before the browser has told of the Escape closes the first one with it, and not the second. */
  const [opening, setOpening] = useState(0);
  const openings = useRef(0);
  const chosen = useChosenKeys();
  const button = useRef<HTMLButtonElement>(null);
  const opener = useRef<Element | null>(null);
  const openAnew = () => setOpening((openings.current += 1));
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.repeat || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      opener.current = document.activeElement;
      openAnew();
    };
    return tinykeys(window, { "$mod+k": open, [bindingOf(keyOf("/", chosen))]: (event) => void (isTyping(event.target) || !areKeysOn() || open(event)) });
  }, [chosen]);
  const close = (which: number) => {
    if (which !== openings.current) return;
    setOpening(0);
    const back = opener.current;
    if (back instanceof HTMLElement && back !== document.body && back.isConnected) back.focus();
    else button.current?.focus();
    opener.current = null;
  };
  return (
    <>
      <button ref={button} type="button" className="search-box" aria-haspopup="dialog" onClick={openAnew}>
        <Icon name="search" />
        <span className="search-words" aria-hidden="true">Agent, change, run, ID</span>
        <span className="sr-only">Search</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      {opening > 0 && <SearchDialog key={opening} onClose={() => close(opening)} />}
    </>
  );
}
