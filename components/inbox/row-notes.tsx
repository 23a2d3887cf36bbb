import { Button } from "@/components/ui/button.tsx";
import type { ItemTriage } from "@/lib/domain/inbox-item.ts";
import { takeLabel } from "./assignee-words.tsx";
import type { Triage } from "./use-triage.ts";

interface RowTriageProps {
  itemKey: string;
  /** As it is shown. */
  shown: ItemTriage;
  triage: Triage;
  /** Id of the sentence that says what it is. */
  describedBy: string;
}

/** At the end of a row's facts, where a pointer or the focus is in the row. A phone has them on the item's own page. */
export function RowTriage({ itemKey, shown, triage, describedBy }: RowTriageProps) {
  const look = { size: "sm", variant: "quiet", "aria-describedby": describedBy } as const;
  return (
    <li className="inbox-acts max-sm:hidden">
      <Button {...look} data-key="m" onClick={() => triage.toggle(itemKey, shown)}>{takeLabel(shown.assignee)}</Button>
      {shown.snoozedUntil === null ? <Button {...look} data-key="h" onClick={() => triage.open(itemKey)}>Snooze…</Button> : <Button {...look} data-key="h" onClick={() => triage.wake(itemKey)}>Wake it</Button>}
    </li>
  );
}
