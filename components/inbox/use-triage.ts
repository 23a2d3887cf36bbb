"use client";

import { startTransition, useOptimistic, useState } from "react";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import type { FormAction } from "@/lib/server-action.ts";

export interface TriageActions {
  takeItemAction: FormAction;
  giveItemBackAction: FormAction;
}

export interface Triage {
  /** With what is under way, as if it were done already. */
  shownOf: (key: string, triage: ItemTriage) => ItemTriage;
  /** Takes it, or gives back what this person has. */
  toggle: (key: string, triage: ItemTriage) => void;
  /** What went wrong last, and with which item; nothing of it was done. */
  failed: { key: string; message: string } | null;
  /** To be read out. */
  announcement: string;
}

type Patch = readonly [key: string, change: Partial<ItemTriage>];

const NONE: ReadonlyMap<string, Partial<ItemTriage>> = new Map();
const NO_ANSWER = "The console does not answer. Nothing is known to have changed; try again.";

/** Sends a form of these values. A console that does not answer is an answer too. */
export async function sendForm(action: FormAction, values: Record<string, string>): ReturnType<FormAction> {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  return action({ status: "idle" }, form).catch(() => ({ status: "failed" as const, message: NO_ANSWER }));
}

/** What people note on items, shown before it is stored and taken back where it is refused. `readAgain`: resolves once what is shown without it is new. */
export function useTriage(actions: TriageActions, readAgain: () => Promise<unknown>): Triage {
  const [underWay, patch] = useOptimistic(NONE, (before, [key, change]: Patch) => new Map([...before, [key, change]]));
  const [failed, setFailed] = useState<Triage["failed"]>(null);
  const [announcement, announce] = useState("");
  const toggle = (key: string, { assignee }: ItemTriage) =>
    startTransition(async () => {
      const isMine = assignee?.isYou === true;
      patch([key, { assignee: isMine ? null : { personId: "", name: "", since: new Date().toISOString(), isYou: true } }]);
      const answer = await sendForm(isMine ? actions.giveItemBackAction : actions.takeItemAction, { item: key, ...(assignee && { fromId: assignee.personId }) });
      await readAgain();
      setFailed(answer.status === "failed" ? { key, message: answer.message } : null);
      if (answer.status === "done") announce(assignee === null || isMine ? (answer.message ?? "") : `You have it. ${assignee.name} had it.`);
    });
  return { shownOf: (key, triage) => ({ ...triage, ...underWay.get(key) }), toggle, failed, announcement };
}
