"use client";

import { useActionState } from "react";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { HOUSE_ROLE_CHOICES } from "./house-roles.ts";
import { typedChoices } from "./typed-choices.ts";

export function NewPersonForm({ action, minPasswordLength, disabledReason }: { action: FormAction; minPasswordLength: number; disabledReason: string | undefined }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} />
      <TextField label="Name" name="name" autoComplete="off" required error={failed?.fields?.["name"]} defaultValue={failed?.values?.["name"]} />
      <TextField label="E-mail address" name="email" type="email" autoComplete="off" required error={failed?.fields?.["email"]} defaultValue={failed?.values?.["email"]} />
      <TextField label="Password" name="password" type="password" autoComplete="new-password" hint={`At least ${minPasswordLength} characters. Left empty, one is made and shown once.`} error={failed?.fields?.["password"]} />
      <ChoiceField name="houseRoles[]" label="Roles for the whole house" allows="several" choices={HOUSE_ROLE_CHOICES} defaultValue={typedChoices(state, "houseRoles[]", ["viewer"])} />
      <SubmitButton variant="primary" disabledReason={disabledReason}>Add this person</SubmitButton>
    </form>
  );
}
