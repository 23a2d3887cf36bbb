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
  /** When the first list was read that was asked for afterwards; one that was read before, or on its way then, cannot know of it. Null until there is one. */
  knownFrom: string | null;
}

/** A list that was asked for just now. */
export interface ReadAgain {
  /** How much waits for this person. */
  left: number;
  /** When it was read; two moments compare as their texts do. */
  at: string;
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
  /** It was decided here, and a list that was read at that moment cannot know better. */
  isNews: (key: string, at: string) => boolean;
  /** It waits again, whoever took it back. */
  forget: (key: string) => void;
  /** The one whose agent is not told yet. */
  undoable: string | null;
  /** To be read out. */
  announcement: string;
}

/** Behind every moment. */
const LATER = "~";

/** Null: nobody can tell. */
export const leftWords = (left: number | null): string => (left === null ? "" : left === 0 ? " Nothing else waits for you." : ` ${left.toLocaleString("en")} left.`);

/** What is decided in the list itself. `readAgain` asks anew, whatever is on its way; null where nobody answers. */
export function useListDecisions(actions: ListActions, readAgain: () => Promise<ReadAgain | null>): ListDecisions {
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
    const words = message.replace(/\.$/, "");
    setSaid((before) => new Map([...before, [key, { words, knownFrom: null }]]));
    const read = await readAgain();
    // The one before it may have been cut short by this one.
    if (read) setSaid((before) => new Map([...before].map(([each, one]) => [each, { ...one, knownFrom: one.knownFrom ?? read.at }])));
    announce(`${message}${leftWords(read?.left ?? null)}`);
  };
  return {
    ...actions, opened, said, isNews: (key, at) => said.has(key) && at < (said.get(key)?.knownFrom ?? LATER), note, forget, undoable, announcement, open: setOpened,
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
