"use client";

import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { BatchForm, sumSentence } from "@/components/ui/batch-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { DialogButton } from "@/components/ui/dialog.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { selectionOf } from "./selection.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";

interface SelectionBarProps {
  items: readonly InboxItem[];
  /** What came of those that were selected before. */
  answer: string | null;
  action: FormAction;
  onApproved: (keys: readonly string[], message: string) => void;
  onClear: () => void;
}

/** Over the end of the list: what is selected, and whether it may be approved together. */
export function SelectionBar({ items, answer, action, onApproved, onClear }: SelectionBarProps) {
  const stale = useStaleReason();
  const selection = selectionOf(items);
  return (
    <div className="card-foot inbox-selection">
      <p role="status" className="min-w-0 text-pretty text-fg-2">
        {answer ?? <><b>{items.length} selected</b>{selection.ok ? `: ${sumSentence(selection.batch)}` : `. ${selection.reason}`}</>}
      </p>
      <span className="actions ml-auto">
        {selection.ok && answer === null && (
          <DialogButton
            shortcut="a" variant="primary" label={`Approve ${selection.batch.actions.length} together`} title={`Approve ${selection.batch.actions.length} × ${selection.tool} of ${selection.agentId}`} isWide disabledReason={stale ?? undefined}
            description="Each is decided anew by policy and stops before it goes ahead. Whatever was decided elsewhere meanwhile is left out."
          >
            <BatchForm batch={selection.batch} action={action} onDone={(message) => onApproved(selection.batch.actions.map(({ id }) => id), message)} />
          </DialogButton>
        )}
        <Button variant="quiet" onClick={onClear}>{answer === null ? "Select nothing" : "Close"}</Button>
      </span>
    </div>
  );
}
