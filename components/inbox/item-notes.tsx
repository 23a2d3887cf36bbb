"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Button } from "@/components/ui/button.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import { snoozeAnswer } from "@/lib/domain/snooze.ts";
import { AssigneeWords, takeLabel } from "./assignee-words.tsx";
import { useTriage, type Triage, type TriageActions } from "./use-triage.ts";

/** Nobody needs it before something is put off. */
const SnoozeHere = dynamic(() => import("./snooze-here.tsx").then((module) => module.SnoozeHere), { ssr: false });

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

const focusKey = (key: string) => document.querySelector<HTMLElement>(`.item-notes [data-key="${key}"]`)?.focus();

/** Under the head of an item's own page: who has it, whether it is put off, and the same keys as in its row. */
export function ItemNotes({ itemKey, initial, now, actions }: ItemNotesProps) {
  const client = useQueryClient();
  const address = `/api/console/items/${encodeURIComponent(itemKey)}`;
  const { pulse } = usePulse<ShownNotes>(address, MOVES_WITH);
  const readAgain = () => client.refetchQueries({ queryKey: ["pulse", address] });
  const triage = useTriage(actions, { readAgain, onClosed: () => focusKey("h"), onSnoozed: readAgain, onWoken: readAgain });
  const notes = pulse ?? initial;
  const shown = triage.shownOf(itemKey, notes);
  if (!initial.waits) return null;
  const { assignee, snoozedUntil, cannot } = shown;
  return (
    <section className="item-notes" aria-label="Who has it">
      <p role="status">
        {assignee === null ? "Nobody has taken it." : <AssigneeWords assignee={assignee} />}
        {snoozedUntil !== null && <> You snoozed it until <Time at={snoozedUntil} show="moment" now={now} />.</>}
      </p>
      <div className="actions">
        {cannot === null ? <Button size="sm" data-key="m" onClick={() => triage.toggle(itemKey, notes)}>{takeLabel(assignee)}</Button> : <Button size="sm" disabledReason={cannot}>{takeLabel(assignee)}</Button>}
        {cannot === null && <SnoozeButton itemKey={itemKey} notes={{ ...notes, ...shown }} now={now} triage={triage} />}
      </div>
      {triage.opened === itemKey && <SnoozeHere isCritical={notes.isCritical} expiresAt={notes.expiresAt} onChoose={(choice) => triage.snooze(itemKey, choice)} onClose={() => triage.close(itemKey)} />}
      {triage.failed !== null && <p className="inbox-failed" role="alert">{triage.failed.message}</p>}
    </section>
  );
}

function SnoozeButton({ itemKey, notes, now, triage }: { itemKey: string; notes: ShownNotes; now: string; triage: Triage }) {
  if (notes.snoozedUntil !== null) return <Button size="sm" data-key="h" onClick={() => triage.wake(itemKey)}>Wake it</Button>;
  const answer = snoozeAnswer(notes, new Date(now));
  return answer.ok ? <Button size="sm" data-key="h" onClick={() => triage.open(itemKey)}>Snooze…</Button> : <Button size="sm" disabledReason={answer.reason}>Snooze…</Button>;
}
