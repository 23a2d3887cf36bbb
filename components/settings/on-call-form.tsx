"use client";

import { useActionState } from "react";
import { SelectField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface OnCallFormProps {
  choices: readonly { id: string; name: string; email: string }[];
  /** Whom it was handed to last; null: nobody. */
  fromId: string | null;
  /** Empty where nobody is on call. */
  currentId: string;
  action: FormAction;
}

export function OnCallForm({ choices, fromId, currentId, action }: OnCallFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid max-w-[420px] gap-4">
      {fromId !== null && <input type="hidden" name="fromId" value={fromId} />}
      <SelectField
        key={currentId} label="Hand over to" name="personId" hint="Somebody who may stop every agent." defaultValue={failed?.values?.personId ?? currentId} error={failed?.fields?.personId}
        options={[{ value: "", label: "Nobody" }, ...choices.map(({ id, name, email }) => ({ value: id, label: `${name}, ${email}` }))]}
      />
      <FormResult state={state} />
      <div className="actions"><SubmitButton variant="primary">Hand over</SubmitButton></div>
    </form>
  );
}
