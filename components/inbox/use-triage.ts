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
  commentOnItemAction: FormAction;
}

export type TriageForm = "snooze" | "comment";
export type TriageDone = "taken" | "snoozed" | "woken" | "commented";

interface TriageEvents {
  /** With what is to be said of it. Resolves once what is shown without what is under way is new. */
  onDone: (key: string, message: string, done: TriageDone) => Promise<unknown>;
  /** Nothing of it was done; resolves like `onDone`. */
  onFailed: () => Promise<unknown>;
  /** It was chosen for how long, and nothing is stored yet. */
  onPutOff: (key: string) => void;
  onClosed: (key: string, form: TriageForm) => void;
}

export interface Triage {
  /** With what is under way, as if it were done already. */
  shownOf: (key: string, triage: ItemTriage) => ItemTriage;
  /** Takes it, or gives back what this person has. */
  toggle: (key: string, triage: Pick<ItemTriage, "assignee">) => void;
  /** What is asked for of which item: for how long it can wait, or what is to be said of it. */
  opened: { key: string; form: TriageForm } | null;
  open: (key: string, form: TriageForm) => void;
  close: () => void;
  snooze: (key: string, choice: SnoozeChoice) => void;
  wake: (key: string) => void;
  commentAction: FormAction;
  /** With what the answer says. */
  commented: (key: string, message: string) => void;
  /** What was put off last. */
  undoable: string | null;
  /** What went wrong last, and with which item. */
  failed: { key: string; message: string } | null;
}

type Patch = readonly [key: string, change: Partial<ItemTriage>];

const NONE: ReadonlyMap<string, Partial<ItemTriage>> = new Map();

/** What people note on items, shown before it is stored and taken back where it is refused. */
export function useTriage(actions: TriageActions, { onDone, onFailed, onPutOff, onClosed }: TriageEvents): Triage {
  const [underWay, patch] = useOptimistic(NONE, (before, [key, change]: Patch) => new Map([...before, [key, { ...before.get(key), ...change }]]));
  const [opened, setOpened] = useState<Triage["opened"]>(null);
  const [undoable, setUndoable] = useState<string | null>(null);
  const [failed, setFailed] = useState<Triage["failed"]>(null);
  const close = () => {
    setOpened(null);
    if (opened !== null) onClosed(opened.key, opened.form);
  };
  const change = (action: FormAction, key: string, done: TriageDone, shown: Partial<ItemTriage>, { toSay = "", ...values }: Record<string, string> = {}) =>
    startTransition(async () => {
      patch([key, shown]);
      setFailed(null);
      const answer = await sendForm(action, { item: key, ...values });
      if (answer.status === "failed") {
        await onFailed();
        setFailed({ key, message: answer.message });
        return;
      }
      if (done !== "taken") setUndoable(done === "snoozed" ? key : null);
      await onDone(key, `${answer.status === "done" ? (answer.message ?? "") : ""}${toSay}`, done);
    });
  return {
    shownOf: (key, triage) => ({ ...triage, ...underWay.get(key) }), opened, open: (key, form) => setOpened({ key, form }), close, undoable, failed, commentAction: actions.commentOnItemAction,
    commented: (key, message) => {
      close();
      void onDone(key, message, "commented");
    },
    toggle: (key, { assignee }) => {
      if (assignee?.isYou) return change(actions.giveItemBackAction, key, "taken", { assignee: null });
      const shown = { personId: "", name: "", since: new Date().toISOString(), isYou: true };
      change(actions.takeItemAction, key, "taken", { assignee: shown }, assignee === null ? {} : { fromId: assignee.personId, toSay: ` ${assignee.name} had it.` });
    },
    snooze: (key, { snooze, until }) => {
      setOpened(null);
      onPutOff(key);
      change(actions.snoozeItemAction, key, "snoozed", { snoozedUntil: until.toISOString() }, { snooze });
    },
    wake: (key) => change(actions.wakeItemAction, key, "woken", { snoozedUntil: null }),
  };
}
