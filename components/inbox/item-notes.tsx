"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import { snoozeAnswer } from "@/lib/domain/snooze.ts";
import { formatCount } from "@/lib/format.ts";
import { AssigneeWords, takeLabel } from "./assignee-words.tsx";
import { useTriage, type Triage, type TriageActions, type TriageForm } from "./use-triage.ts";

/** Nobody needs it before something is put off, or said. */
const TriageHere = dynamic(() => import("./triage-here.tsx").then((module) => module.TriageHere), { ssr: false });

export interface ShownNotes extends ItemTriage {
  /** What waits no longer is nobody's. */
  waits: boolean;
  isCritical: boolean;
  expiresAt: string | null;
}

interface ItemNotesProps {
  itemKey: string;
  /** As they were when the page was made; asked again when something moves. */
  initial: ShownNotes;
  /** When the page was made. */
  now: string;
  actions: TriageActions;
}

const MOVES_WITH = ["item."] as const;

const KEYS: Record<TriageForm, string> = { snooze: "h", comment: "c" };
const focusKey = (key: string) => document.querySelector<HTMLElement>(`.item-notes [data-key="${key}"]`)?.focus();

/** On an item's own page: who has it, whether it is put off, and the same keys as in its row. */
export function ItemNotes({ itemKey, initial, now, actions }: ItemNotesProps) {
  const client = useQueryClient();
  const router = useRouter();
  const address = `/api/console/items/${encodeURIComponent(itemKey)}`;
  const { pulse } = usePulse<ShownNotes>(address, MOVES_WITH);
  const readAgain = () => client.refetchQueries({ queryKey: ["pulse", address] });
  const [said, say] = useState("");
  const onDone = async (_key: string, message: string) => {
    await readAgain();
    say(message);
  };
  const triage = useTriage(actions, { onDone, onFailed: readAgain, onPutOff: () => focusKey("h"), onClosed: (_key, form) => focusKey(KEYS[form]) });
  const notes = { ...(pulse ?? initial), waits: initial.waits };
  const shown = { ...notes, ...triage.shownOf(itemKey, notes) };
  const news = notes.comments - initial.comments;
  if (!notes.waits && notes.cannot !== null) return null;
  return (
    <Card title="Notes" className="item-notes o4">
      <CardBody className="grid gap-3">
        {notes.waits && (
          <p className="dense text-pretty text-fg-2">
            {shown.assignee === null ? "Nobody has taken it." : <AssigneeWords assignee={shown.assignee} />}
            {shown.snoozedUntil !== null && <> You snoozed it until <Time at={shown.snoozedUntil} show="moment" now={now} />.</>}
          </p>
        )}
        <div className="actions">
          <Controls itemKey={itemKey} notes={shown} now={now} triage={triage} />
          {news > 0 && <Button size="sm" data-key="." onClick={() => router.refresh()}>Show {formatCount(news, "new comment")}</Button>}
        </div>
        {triage.opened !== null && <TriageHere itemKey={itemKey} isCritical={notes.isCritical} expiresAt={notes.expiresAt} triage={triage} form={triage.opened.form} />}
        {triage.failed !== null && <p className="inbox-failed" role="alert">{triage.failed.message}</p>}
        <p className="sr-only" role="status">{said}</p>
      </CardBody>
    </Card>
  );
}

interface ControlsProps {
  itemKey: string;
  notes: ShownNotes;
  now: string;
  triage: Triage;
}

function Controls({ itemKey, notes, now, triage }: ControlsProps) {
  const { waits, cannot, assignee } = notes;
  if (cannot !== null) return waits && <Button size="sm" disabledReason={cannot}>{takeLabel(assignee)}</Button>;
  return (
    <>
      {waits && <Button size="sm" data-key="m" onClick={() => triage.toggle(itemKey, notes)}>{takeLabel(assignee)}</Button>}
      {waits && <SnoozeButton itemKey={itemKey} notes={notes} now={now} triage={triage} />}
      <Button size="sm" data-key="c" onClick={() => triage.open(itemKey, "comment")}>Comment…</Button>
    </>
  );
}

function SnoozeButton({ itemKey, notes, now, triage }: ControlsProps) {
  if (notes.snoozedUntil !== null) return <Button size="sm" data-key="h" onClick={() => triage.wake(itemKey)}>Wake it</Button>;
  const answer = snoozeAnswer(notes, new Date(now));
  return answer.ok ? <Button size="sm" data-key="h" onClick={() => triage.open(itemKey, "snooze")}>Snooze…</Button> : <Button size="sm" disabledReason={answer.reason}>Snooze…</Button>;
}
