"use client";

import { useActionState } from "react";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface SeedingFormProps {
  /** Null: off. */
  oneIn: number | null;
  least: number;
  most: number;
  action: FormAction;
  disabledReason: string | undefined;
}

export function SeedingForm({ oneIn, least, most, action, disabledReason }: SeedingFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid max-w-[420px] gap-4">
      <TextField
        label="One in so many held actions" name="oneIn" inputMode="numeric" hint={`From ${least} to ${most.toLocaleString("en")}. About so many: nobody can count along.`}
        readOnly={disabledReason !== undefined} error={failed?.fields?.oneIn} defaultValue={failed?.values?.oneIn ?? oneIn ?? 50}
      />
      <FormResult state={state} />
      <div className="actions">
        <SubmitButton variant="primary" name="turn" value="on" disabledReason={disabledReason}>{oneIn === null ? "Turn on" : "Change"}</SubmitButton>
        {oneIn !== null && disabledReason === undefined && <SubmitButton name="turn" value="off">Turn off</SubmitButton>}
      </div>
    </form>
  );
}
