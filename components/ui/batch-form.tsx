"use client";

import { useActionState } from "react";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { DialogActions } from "./dialog.tsx";
import { TextAreaField } from "./field.tsx";
import { FormResult } from "./form-message.tsx";
import { Link } from "./link.tsx";
import { NamedText } from "./named-text.tsx";
import { SubmitButton } from "./submit-button.tsx";

/** Actions that are alike and can be decided together. */
export interface Batch {
  actions: readonly { id: string; inputDigest: string; effect: string }[];
  leftOut: readonly { id: string; effect: string; why: string }[];
  /** With its currency; null: not one amount is known. */
  total: string | null;
  largest: string | null;
}

/** "240.00 EUR in total, largest 120.00 EUR, 1 left out" */
export function sumSentence({ total, largest, leftOut }: Batch): string {
  const parts = [...(total === null ? [] : [`${total} in total`]), ...(largest === null ? [] : [`largest ${largest}`]), ...(leftOut.length === 0 ? [] : [`${leftOut.length} left out`])];
  return parts.length === 0 ? "No amounts" : parts.join(", ");
}

interface BatchFormProps {
  batch: Batch;
  action: FormAction;
  /** With what the answer says. */
  onDone?: ((message: string) => void) | undefined;
}

/** What is approved together and what is left out of it, each by name, with the total on the button. */
export function BatchForm({ batch, action, onDone }: BatchFormProps) {
  const [state, send] = useActionState<Awaited<ReturnType<FormAction>>, FormData>(async (before, form) => {
    const answer = await action(before, form);
    if (answer.status === "done") onDone?.(answer.message ?? "Approved.");
    return answer;
  }, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid gap-4">
      {batch.actions.map(({ id, inputDigest }) => <input key={id} type="hidden" name="actions[]" value={`${id} ${inputDigest}`} />)}
      <ul className="dense grid max-h-72 gap-2 overflow-y-auto">
        {batch.actions.map(({ id, effect }) => <li key={id}><Link className="link" href={paths.action(id)}><NamedText text={effect} /></Link></li>)}
      </ul>
      {batch.leftOut.length > 0 && (
        <div>
          <p className="font-medium">{formatCount(batch.leftOut.length, "is", "are")} left out</p>
          <ul className="dense grid gap-2">
            {batch.leftOut.map(({ id, effect, why }) => <li key={id}><Link className="link" href={paths.action(id)}><NamedText text={effect} /></Link> <span className="text-fg-2">{why}</span></li>)}
          </ul>
        </div>
      )}
      <TextAreaField name="reason" label="Reason (optional)" maxLength={1_000} rows={2} error={failed?.fields?.reason} defaultValue={failed?.values?.reason} />
      <FormResult state={state} />
      <DialogActions>
        <SubmitButton variant="primary" pendingLabel="Approving…">Approve {batch.actions.length}{batch.total === null ? "" : `, ${batch.total}`}</SubmitButton>
      </DialogActions>
    </form>
  );
}
