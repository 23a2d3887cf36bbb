"use client";

import { useEffect, useState } from "react";
import { DISPATCH_MS } from "@/lib/domain/action-window.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { focusNext, focusRow } from "./focus-row.ts";

export interface ListActions {
  approveAction: FormAction;
  takeBackAction: FormAction;
}

export interface ListDecisions extends ListActions {
  /** The row under which what is approved stands. */
  opened: string | null;
  open: (key: string) => void;
  close: (key: string) => void;
  approved: (key: string, message: string) => Promise<void>;
  takenBack: (key: string, message: string) => Promise<void>;
  /** What was decided here, by row; said as long as the row is gone. */
  said: ReadonlyMap<string, string>;
  /** Decided a moment ago, and the list that knows of it is on its way. */
  justDecided: string | null;
  /** The one whose agent is not told yet. */
  undoable: string | null;
  /** To be read out. */
  announcement: string;
}

/** Null: nobody can tell. */
export const leftWords = (left: number | null): string => (left === null ? "" : left === 0 ? " Nothing else waits for you." : ` ${left.toLocaleString("en")} left.`);

/** What is decided in the list itself. `readAgain`: how much waits for this person then; null where nobody can tell. */
export function useListDecisions(actions: ListActions, readAgain: () => Promise<number | null>): ListDecisions {
  const [opened, setOpened] = useState<string | null>(null);
  const [said, setSaid] = useState<ReadonlyMap<string, string>>(new Map());
  const [justDecided, setJustDecided] = useState<string | null>(null);
  const [undoable, setUndoable] = useState<string | null>(null);
  const [announcement, announce] = useState("");
  useEffect(() => {
    if (undoable === null) return;
    const timer = setTimeout(() => setUndoable(null), DISPATCH_MS);
    return () => clearTimeout(timer);
  }, [undoable]);
  return {
    ...actions, opened, said, justDecided, undoable, announcement, open: setOpened,
    close: (key) => {
      focusRow(key);
      setOpened(null);
    },
    approved: async (key, message) => {
      focusNext(key);
      setOpened(null);
      setSaid((before) => new Map([...before, [key, message.replace(/\.$/, "")]]));
      setUndoable(message === "Approved." ? key : null);
      setJustDecided(key);
      const left = await readAgain();
      if (left !== null) setJustDecided((before) => (before === key ? null : before));
      announce(`${message}${leftWords(left)}`);
    },
    takenBack: async (key, message) => {
      focusRow(key);
      setSaid((before) => new Map([...before].filter(([each]) => each !== key)));
      setUndoable(null);
      setJustDecided(null);
      await readAgain();
      announce(message);
    },
  };
}
