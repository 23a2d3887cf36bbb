"use client";

import { useEffect, useState } from "react";
import { DISPATCH_MS } from "@/lib/domain/action-window.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { focusNext, focusRow } from "./focus-row.ts";

export interface ListActions {
  approveAction: FormAction;
  takeBackAction: FormAction;
}

interface Said {
  words: string;
  /** Which list was shown then: it cannot know of it. */
  asOf: string;
}

export interface ListDecisions extends ListActions {
  /** The row under which what is approved stands. */
  opened: string | null;
  open: (key: string) => void;
  close: (key: string) => void;
  approved: (key: string, message: string) => Promise<void>;
  /** Says in its row, and aloud, what became of it; the focus stays where it is. */
  note: (key: string, message: string) => Promise<void>;
  /** Aloud only, once the list is read again. */
  tell: (message: string) => Promise<void>;
  takenBack: (key: string, message: string) => Promise<void>;
  /** What was decided here, or put off, by row. */
  said: ReadonlyMap<string, Said>;
  /** It waits again, whoever took it back. */
  forget: (key: string) => void;
  /** The one whose agent is not told yet. */
  undoable: string | null;
  /** To be read out. */
  announcement: string;
}

/** Null: nobody can tell. */
export const leftWords = (left: number | null): string => (left === null ? "" : left === 0 ? " Nothing else waits for you." : ` ${left.toLocaleString("en")} left.`);

/** What is decided in the list itself, as it was read at `asOf`. `readAgain`: how much waits for this person then; null where nobody can tell. */
export function useListDecisions(actions: ListActions, asOf: string, readAgain: () => Promise<number | null>): ListDecisions {
  const [opened, setOpened] = useState<string | null>(null);
  const [said, setSaid] = useState<ReadonlyMap<string, Said>>(new Map());
  const [undoable, setUndoable] = useState<string | null>(null);
  const [announcement, announce] = useState("");
  useEffect(() => {
    if (undoable === null) return;
    const timer = setTimeout(() => setUndoable(null), DISPATCH_MS);
    return () => clearTimeout(timer);
  }, [undoable]);
  const forget = (key: string) => setSaid((before) => new Map([...before].filter(([each]) => each !== key)));
  const note = async (key: string, message: string) => {
    setSaid((before) => new Map([...before, [key, { words: message.replace(/\.$/, ""), asOf }]]));
    announce(`${message}${leftWords(await readAgain())}`);
  };
  return {
    ...actions, opened, said, note, forget, undoable, announcement, open: setOpened,
    tell: async (message) => {
      await readAgain();
      announce(message);
    },
    close: (key) => {
      focusRow(key);
      setOpened(null);
    },
    approved: async (key, message) => {
      focusNext(key);
      setOpened(null);
      setUndoable(message === "Approved." ? key : null);
      await note(key, message);
    },
    takenBack: async (key, message) => {
      focusRow(key);
      forget(key);
      setUndoable(null);
      await readAgain();
      announce(message);
    },
  };
}
