import { Button } from "@/components/ui/button.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import { formatCount } from "@/lib/format.ts";
import { AssigneeWords, takeLabel } from "./assignee-words.tsx";
import type { Triage } from "./use-triage.ts";

interface RowNotesProps {
  itemKey: string;
  /** As they are shown. */
  notes: ItemTriage;
  isGone: boolean;
  now: string;
  triage: Triage;
  /** Id of the sentence that says what it is. */
  describedBy: string;
}

/** At the end of a row's facts: what people noted, and where a pointer or the focus is in the row what can be noted. A phone has that on the item's own page. */
export function RowNotes({ itemKey, notes: { assignee, comments, snoozedUntil, cannot }, isGone, now, triage, describedBy }: RowNotesProps) {
  const look = { size: "sm", variant: "quiet", "aria-describedby": describedBy } as const;
  return (
    <>
      {assignee !== null && <li><AssigneeWords assignee={assignee} now={now} /></li>}
      {comments > 0 && <li>{formatCount(comments, "comment")}</li>}
      {snoozedUntil !== null && <li>snoozed until <Time at={snoozedUntil} show="moment" now={now} /></li>}
      {cannot === null && !isGone && (
        <li className="inbox-acts max-sm:hidden">
          <Button {...look} data-key="m" onClick={() => triage.toggle(itemKey, { assignee })}>{takeLabel(assignee)}</Button>
          {snoozedUntil === null ? <Button {...look} data-key="h" onClick={() => triage.open(itemKey, "snooze")}>Snooze…</Button> : <Button {...look} data-key="h" onClick={() => triage.wake(itemKey)}>Wake it</Button>}
          <Button {...look} data-key="c" onClick={() => triage.open(itemKey, "comment")}>Comment…</Button>
        </li>
      )}
    </>
  );
}
