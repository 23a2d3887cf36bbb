"use client";

import { useActionState } from "react";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface EndedFormProps {
  stopId: string;
  /** `cannot`: why nobody can say so of it now. */
  points: readonly { id: string; agentId: string; name: string; heard: string; cannot: string | null }[];
  /** Why this person may not; null where they may. */
  refusal: string | null;
  /** Of letters, in what is said. */
  leastHow: number;
  action: FormAction;
}

/** None is chosen beforehand: somebody has looked at each of them. */
export function EndedForm({ stopId, points, refusal, leastHow, action }: EndedFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  const able = points.filter(({ cannot }) => cannot === null);
  const disabledReason = refusal ?? (able.length === 0 ? "All of them were heard just now, or hold a lease." : undefined);
  return (
    <form action={send} className="grid max-w-[76ch] gap-4">
      <input type="hidden" name="stopId" value={stopId} />
      <ChoiceField
        name="pointIds[]" allows="several" label="Points whose process you ended" error={failed?.fields?.pointIds}
        choices={points.map(({ id, agentId, name, heard, cannot }) => ({ value: id, label: <bdi>{name}</bdi>, detail: cannot ?? `Of ${agentId}, ${heard}.`, isDisabled: cannot !== null || refusal !== null }))} defaultValue={failed?.values?.["pointIds[]"]?.split("\n") ?? []}
      />
      <TextAreaField name="how" label="How do you know?" hint="Where it ran, and how it was ended. Kept in the log under your name." rows={2} minLength={leastHow} maxLength={1_000} required={disabledReason === undefined} readOnly={disabledReason !== undefined} error={failed?.fields?.how} defaultValue={failed?.values?.how} />
      <FormMessage kind="warning" title="This is your word, and is told as that.">The stop then waits for these points no more. Its proof names you, and your word is void as soon as one of them is heard again.</FormMessage>
      <FormResult state={state} />
      <div className="actions"><SubmitButton pendingLabel="Noting…" disabledReason={disabledReason}>They have ended</SubmitButton></div>
    </form>
  );
}
