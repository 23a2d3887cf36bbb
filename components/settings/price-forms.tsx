"use client";

import { useActionState } from "react";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

export function NewPriceForm({ action, disabledReason }: { action: FormAction; disabledReason: string | undefined }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  const field = (name: string) => ({ name, error: failed?.fields?.[name], defaultValue: failed?.values?.[name] });
  const isOff = disabledReason !== undefined;
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} />
      <TextField label="Provider" placeholder="openai" required readOnly={isOff} autoCapitalize="off" spellCheck={false} {...field("provider")} />
      <TextField label="Model" placeholder="gpt-5.4" required readOnly={isOff} autoCapitalize="off" spellCheck={false} {...field("model")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Input, USD per million" inputMode="decimal" placeholder="2.50" required readOnly={isOff} {...field("input")} />
        <TextField label="Output, USD per million" inputMode="decimal" placeholder="15.00" required readOnly={isOff} {...field("output")} />
      </div>
      <TextField label="Cached input, USD per million" inputMode="decimal" hint="Left empty, as other input." readOnly={isOff} {...field("cachedInput")} />
      <TextField label="From, UTC" type="date" hint="Left empty, from now on. The price before ends there." readOnly={isOff} {...field("validFrom")} />
      <TextField label="Source" placeholder="list price of 21 Nov 2026" readOnly={isOff} {...field("source")} />
      <SubmitButton variant="primary" disabledReason={disabledReason}>Add this price</SubmitButton>
    </form>
  );
}

export function EndPriceForm({ action, prices, disabledReason }: { action: FormAction; prices: readonly { id: string; label: string }[]; disabledReason: string | undefined }) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} doneMessage="The price has ended." />
      <SelectField label="Price that holds" name="priceId" options={prices.map(({ id, label }) => ({ value: id, label }))} />
      <TextField label="Until, UTC" type="date" name="at" hint="Left empty, until now. Afterwards the cost of this model is unknown." />
      <div>
        <SubmitButton disabledReason={disabledReason}>End this price</SubmitButton>
      </div>
    </form>
  );
}
