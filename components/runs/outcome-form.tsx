"use client";

import { useActionState } from "react";
import { CheckField, ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Outcome } from "@/lib/domain/outcome.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface OutcomeFormProps {
  action: FormAction;
  runId: string;
  outcome: Outcome | null;
  isEscalated: boolean;
  isIntervened: boolean;
  disabledReason: string | undefined;
}

/** What somebody learned afterwards counts more than what the trace said. */
export function OutcomeForm({ action, runId, outcome, isEscalated, isIntervened, disabledReason }: OutcomeFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="grid gap-3">
      <input type="hidden" name="runId" value={runId} />
      <ChoiceField
        name="outcome"
        label="What came of it"
        isRequired
        choices={[{ value: "success", label: "It succeeded", isDisabled: disabledReason !== undefined }, { value: "failure", label: "It failed", isDisabled: disabledReason !== undefined }]}
        defaultValue={outcome ?? undefined}
        error={state.status === "failed" ? state.fields?.["outcome"] : undefined}
      />
      <CheckField name="isEscalated" value="yes" label="Handed to a person" defaultChecked={isEscalated} disabled={disabledReason !== undefined} />
      <CheckField name="isIntervened" value="yes" label="A person stepped in" defaultChecked={isIntervened} disabled={disabledReason !== undefined} />
      <TextAreaField label="Comment" name="comment" rows={2} maxLength={2_000} hint="Goes into the log." readOnly={disabledReason !== undefined} defaultValue={state.status === "failed" ? state.values?.["comment"] : undefined} />
      <FormResult state={state} doneMessage="Recorded." />
      <SubmitButton disabledReason={disabledReason}>Record the outcome</SubmitButton>
    </form>
  );
}
