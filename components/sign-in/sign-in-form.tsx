"use client";

import { useActionState } from "react";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

export function SignInForm({ action, from }: { action: FormAction; from: string | null }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const typed = state.status === "failed" ? state.values?.["email"] : undefined;
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} />
      {from !== null && <input type="hidden" name="from" value={from} />}
      <TextField label="E-mail address" name="email" type="email" autoComplete="username" required defaultValue={typed} />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      <SubmitButton variant="primary" size="block" pendingLabel="Signing in…">
        Sign in
      </SubmitButton>
    </form>
  );
}
