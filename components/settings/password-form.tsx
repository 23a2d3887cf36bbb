"use client";

import { useActionState } from "react";
import { TextField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface PasswordFormProps {
  action: FormAction;
  minLength: number;
  /** Somebody else has set the one in force. */
  isTemporary: boolean;
  disabledReason: string | undefined;
}

export function PasswordForm({ action, minLength, isTemporary, disabledReason }: PasswordFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const fields = state.status === "failed" ? state.fields : undefined;
  return (
    <form action={send} className="grid gap-4">
      {isTemporary && state.status !== "done" && <FormMessage kind="warning" title="Choose a password of your own">The one you signed in with was set by somebody else. The rest of the console opens when you have changed it.</FormMessage>}
      <FormResult state={state} />
      <TextField label="Password now" name="currentPassword" type="password" autoComplete="current-password" required error={fields?.["currentPassword"]} />
      <TextField label="New password" name="newPassword" type="password" autoComplete="new-password" hint={`At least ${minLength} characters.`} required error={fields?.["newPassword"]} />
      <div>
        <SubmitButton disabledReason={disabledReason}>Change password</SubmitButton>
      </div>
    </form>
  );
}
