"use client";

import { useActionState, type ReactNode } from "react";
import type { ButtonVariant } from "@/components/ui/button.tsx";
import { DialogActions, DialogButton, useDialogClose } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { useToldAction } from "./decision-news.tsx";

interface ReasonDialogProps {
  label: ReactNode;
  title: string;
  /** What it does, as a sentence. */
  effect: ReactNode;
  submitLabel: string;
  pendingLabel: string;
  variant?: ButtonVariant | undefined;
  disabledReason?: string | undefined;
  rolloutId: string;
  /** Left out where an outdated page may act too. */
  revision?: number | undefined;
  action: FormAction;
}

/** A decision that says why. */
export function ReasonDialog({ label, title, effect, variant, disabledReason, ...form }: ReasonDialogProps) {
  return (
    <DialogButton label={label} title={title} description={effect} variant={variant} disabledReason={disabledReason}>
      <ReasonForm {...form} />
    </DialogButton>
  );
}

function ReasonForm({ rolloutId, revision, submitLabel, pendingLabel, action }: Pick<ReasonDialogProps, "rolloutId" | "revision" | "submitLabel" | "pendingLabel" | "action">) {
  const [state, send] = useActionState(useToldAction(action, useDialogClose()), { status: "idle" });
  const failed = state.status === "failed" ? state : null;
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="rolloutId" value={rolloutId} />
      {revision !== undefined && <input type="hidden" name="revision" value={revision} />}
      <TextAreaField name="reason" label="Reason" hint="Kept in the log." rows={2} required minLength={3} maxLength={1_000} error={failed?.fields?.reason} defaultValue={failed?.values?.reason} />
      <FormResult state={state} />
      <DialogActions><SubmitButton variant="primary" pendingLabel={pendingLabel}>{submitLabel}</SubmitButton></DialogActions>
    </form>
  );
}
