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
  return (
    <li className="inbox-acts max-sm:hidden">
      <Button size="sm" variant="quiet" data-key="m" aria-describedby={describedBy} onClick={() => triage.toggle(itemKey, shown)}>{takeLabel(shown.assignee)}</Button>
    </li>
  );
}
