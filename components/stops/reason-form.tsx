"use client";

import { useActionState } from "react";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

const IDLE = { status: "idle" } as const;

/** Afterwards, when there is time. */
export function ReasonForm({ stopId, reason, disabledReason, action }: { stopId: string; reason: string | null; disabledReason: string | undefined; action: FormAction }) {
  const [state, send] = useActionState(action, IDLE);
  return (
    <form action={send} className="grid gap-3" id="reason">
      <input type="hidden" name="stopId" value={stopId} />
      <TextAreaField
        name="reason" label={reason === null ? "Why was it stopped?" : "Another reason"} hint="Kept in the log with your name." rows={2} maxLength={1_000} required={disabledReason === undefined} readOnly={disabledReason !== undefined}
        error={state.status === "failed" ? state.fields?.reason : undefined} defaultValue={state.status === "failed" ? state.values?.reason : undefined}
      />
      <FormResult state={state} />
      <div className="actions"><SubmitButton pendingLabel="Saving…" disabledReason={disabledReason}>{reason === null ? "Add the reason" : "Replace the reason"}</SubmitButton></div>
    </form>
  );
}
