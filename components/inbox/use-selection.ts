"use client";

import { useEffect, useRef, useState } from "react";
import { focusNext } from "./focus-row.ts";

export interface ListSelection {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  clear: () => void;
  /** After those were decided together. */
  decided: (keys: readonly string[], message: string) => Promise<void>;
  /** What came of the last ones, until something is selected again. */
  answer: string | null;
}

const NONE: ReadonlySet<string> = new Set();

/** Which rows are selected. `readAgain`: what waits, once something was decided. */
export function useSelection(readAgain: () => Promise<string>): ListSelection {
  const [keys, setKeys] = useState(NONE);
  const [answer, setAnswer] = useState<string | null>(null);
  const last = useRef<string | null>(null);
  // The dialog that had the focus is gone only then.
  useEffect(() => {
    if (answer !== null && last.current !== null) focusNext(last.current);
  }, [answer]);
  return {
    keys, answer,
    toggle: (key) => {
      setAnswer(null);
      setKeys((before) => (before.has(key) ? new Set([...before].filter((each) => each !== key)) : new Set([...before, key])));
    },
    clear: () => {
      setAnswer(null);
      setKeys(NONE);
    },
    decided: async (approved, message) => {
      const left = await readAgain();
      last.current = approved.at(-1) ?? null;
      setKeys(NONE);
      setAnswer(`${message}${left}`);
    },
  };
}
