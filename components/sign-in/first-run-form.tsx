"use client";

import { useActionState } from "react";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

export function FirstRunForm({ action, minPasswordLength }: { action: FormAction; minPasswordLength: number }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} />
      <TextField label="Token" hint="Printed in the terminal where Holdpoint was started. It works once and changes with every start." name="token" autoComplete="off" spellCheck={false} className="mono" required error={failed?.fields?.["token"]} />
      <TextField label="Your name" name="name" autoComplete="name" required defaultValue={failed?.values?.["name"]} error={failed?.fields?.["name"]} />
      <TextField label="E-mail address" name="email" type="email" autoComplete="username" required defaultValue={failed?.values?.["email"]} error={failed?.fields?.["email"]} />
      <TextField label="Password" hint={`At least ${minPasswordLength} characters.`} name="password" type="password" autoComplete="new-password" minLength={minPasswordLength} required error={failed?.fields?.["password"]} />
      <SubmitButton variant="primary" size="block" pendingLabel="Creating…">
        Create the first administrator
      </SubmitButton>
    </form>
  );
}
