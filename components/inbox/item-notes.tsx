"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Button } from "@/components/ui/button.tsx";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import { AssigneeWords, takeLabel } from "./assignee-words.tsx";
import { useTriage, type TriageActions } from "./use-triage.ts";

export interface ShownNotes extends ItemTriage {
  /** What waits no longer is nobody's. */
  waits: boolean;
}

interface ItemNotesProps {
  itemKey: string;
  /** As they were when the page was made; asked again when something moves. */
  initial: ShownNotes;
  actions: TriageActions;
}

const MOVES_WITH = ["item."] as const;

/** Under the head of an item's own page: who has it, and the same keys as in its row. */
export function ItemNotes({ itemKey, initial, actions }: ItemNotesProps) {
  const client = useQueryClient();
  const address = `/api/console/items/${encodeURIComponent(itemKey)}`;
  const { pulse } = usePulse<ShownNotes>(address, MOVES_WITH);
  const triage = useTriage(actions, () => client.refetchQueries({ queryKey: ["pulse", address] }));
  const notes = pulse ?? initial;
  const { assignee, cannot } = triage.shownOf(itemKey, notes);
  if (!initial.waits) return null;
  return (
    <section className="item-notes" aria-label="Who has it">
      <p>{assignee === null ? "Nobody has taken it." : <AssigneeWords assignee={assignee} />}</p>
      <div className="actions">
        {cannot === null ? <Button size="sm" data-key="m" onClick={() => triage.toggle(itemKey, notes)}>{takeLabel(assignee)}</Button> : <Button size="sm" disabledReason={cannot}>{takeLabel(assignee)}</Button>}
      </div>
      {triage.failed !== null && <p className="inbox-failed" role="alert">{triage.failed.message}</p>}
      <p className="sr-only" role="status">{triage.announcement}</p>
    </section>
  );
}
