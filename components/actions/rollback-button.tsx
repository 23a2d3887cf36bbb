"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { CheckField } from "@/components/ui/choice-field.tsx";
import { DialogActions, DialogButton } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatCount } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { previewSentences, secondPersonSentence, type UndoPreview } from "./undo-words.ts";

interface RollbackButtonProps {
  agentId: string;
  from: { id: string; number: number };
  to: { number: number; label: string | null };
  /** Since when the current version did something that still stands. */
  since: string | null;
  undo: UndoPreview;
  cannot: string | null;
  cannotUndo: string | null;
  action: FormAction;
}

/** Both layers in one decision: the version goes back, and what it did is taken back. */
export function RollbackButton({ cannot, ...rest }: RollbackButtonProps) {
  const stale = useStaleReason();
  return (
    <DialogButton
      variant="danger" label={`Roll back to version ${rest.to.number}`} title={`Roll back from version ${rest.from.number} to version ${rest.to.number}`} disabledReason={cannot ?? stale ?? undefined}
      description="The version that was approved before is current again at once. It needs no new review; the stage stays where it is."
    >
      <RollbackForm {...rest} />
    </DialogButton>
  );
}

function RollbackForm({ agentId, from, to, since, undo, cannotUndo, action }: Omit<RollbackButtonProps, "cannot">) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  const canTake = undo.reversible + undo.byHand > 0;
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="agentId" value={agentId} />
      <input type="hidden" name="fromVersionId" value={from.id} />
      {undo.actions === 0 ? <p className="dense text-fg-2">Version {from.number} has done nothing that still stands.</p> : (
        <FormMessage kind={undo.notReversible > 0 ? "warning" : "info"} title={`Version ${from.number} has done ${formatCount(undo.actions, "action")} that still ${undo.actions === 1 ? "stands" : "stand"}.`}>
          <ul>{previewSentences(undo).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </FormMessage>
      )}
      {canTake && since !== null && (cannotUndo === null ? (
        <CheckField name="undoSince" value={since} defaultChecked label="Take them back as well" detail={secondPersonSentence(undo) ?? "The newest first, each by its own way."} />
      ) : <p className="dense text-fg-2">{cannotUndo}</p>)}
      <TextAreaField name="reason" label="Reason" required minLength={3} maxLength={1_000} rows={2} error={failed?.fields?.reason} defaultValue={failed?.values?.reason} />
      <FormResult state={state} />
      <DialogActions>
        <SubmitButton variant="danger" pendingLabel="Rolling back…">Roll back to version {to.number}</SubmitButton>
      </DialogActions>
    </form>
  );
}
