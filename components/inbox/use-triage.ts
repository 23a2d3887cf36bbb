"use client";

import { startTransition, useOptimistic, useState } from "react";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import type { SnoozeChoice } from "@/lib/domain/snooze.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { sendForm } from "./send-form.ts";

export interface TriageActions {
  takeItemAction: FormAction;
  giveItemBackAction: FormAction;
  snoozeItemAction: FormAction;
  wakeItemAction: FormAction;
}

interface TriageEvents {
  /** Resolves once what is shown without what is under way is new. */
  readAgain: () => Promise<unknown>;
  /** It was chosen, and nothing is stored yet. */
  onPutOff?: (key: string) => void;
  onClosed?: (key: string) => void;
  /** With what the answer says; until it resolves, what is under way is shown. */
  onSnoozed: (key: string, message: string) => Promise<unknown>;
  onWoken: (key: string, message: string) => Promise<unknown>;
}

export interface Triage {
  /** With what is under way, as if it were done already. */
  shownOf: (key: string, triage: ItemTriage) => ItemTriage;
  /** Takes it, or gives back what this person has. */
  toggle: (key: string, triage: ItemTriage) => void;
  /** The item for which somebody chooses how long it can wait. */
  opened: string | null;
  open: (key: string) => void;
  close: (key: string) => void;
  snooze: (key: string, choice: SnoozeChoice) => void;
  wake: (key: string) => void;
  /** What was put off last. */
  undoable: string | null;
  /** What went wrong last, and with which item; nothing of it was done. */
  failed: { key: string; message: string } | null;
  /** To be read out. */
  announcement: string;
}

type Patch = readonly [key: string, change: Partial<ItemTriage>];

const NONE: ReadonlyMap<string, Partial<ItemTriage>> = new Map();

/** What people note on items, shown before it is stored and taken back where it is refused. */
export function useTriage(actions: TriageActions, { readAgain, onPutOff, onClosed, onSnoozed, onWoken }: TriageEvents): Triage {
  const [underWay, patch] = useOptimistic(NONE, (before, [key, change]: Patch) => new Map([...before, [key, { ...before.get(key), ...change }]]));
  const [opened, setOpened] = useState<string | null>(null);
  const [undoable, setUndoable] = useState<string | null>(null);
  const [failed, setFailed] = useState<Triage["failed"]>(null);
  const [announcement, announce] = useState("");
  const change = (action: FormAction, key: string, shown: Partial<ItemTriage>, values: Record<string, string>, onDone: (message: string) => Promise<unknown>) =>
    startTransition(async () => {
      patch([key, shown]);
      setFailed(null);
      const answer = await sendForm(action, { item: key, ...values });
      if (answer.status === "failed") {
        await readAgain();
        setFailed({ key, message: answer.message });
      } else await onDone(answer.status === "done" ? (answer.message ?? "") : "");
    });
  return {
    shownOf: (key, triage) => ({ ...triage, ...underWay.get(key) }), opened, open: setOpened, undoable, failed, announcement,
    close: (key) => {
      setOpened(null);
      onClosed?.(key);
    },
    toggle: (key, { assignee }) => {
      const isMine = assignee?.isYou === true;
      const shown = isMine ? null : { personId: "", name: "", since: new Date().toISOString(), isYou: true };
      change(isMine ? actions.giveItemBackAction : actions.takeItemAction, key, { assignee: shown }, assignee === null ? {} : { fromId: assignee.personId }, async (message) => {
        await readAgain();
        announce(assignee === null || isMine ? message : `${message} ${assignee.name} had it.`);
      });
    },
    snooze: (key, { snooze, until }) => {
      setOpened(null);
      onPutOff?.(key);
      change(actions.snoozeItemAction, key, { snoozedUntil: until.toISOString() }, { snooze }, async (message) => {
        setUndoable(key);
        await onSnoozed(key, message);
      });
    },
    wake: (key) =>
      change(actions.wakeItemAction, key, { snoozedUntil: null }, {}, async (message) => {
        setUndoable(null);
        await onWoken(key, message);
      }),
  };
}
