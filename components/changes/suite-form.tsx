"use client";

import { useActionState, useEffect } from "react";
import { DialogActions, DialogButton, useDialogClose } from "@/components/ui/dialog.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import type { Allowance } from "./decide-card.tsx";

interface SuiteFormProps {
  changeId: string;
  fingerprint: string;
  suites: readonly { value: string; label: string }[];
  allowance: Allowance;
  action: FormAction;
}

/** Pipelines report by API; this is for a suite that was run by hand. */
export function SuiteFormButton(props: SuiteFormProps) {
  return (
    <DialogButton
      label="Record a suite result" size="sm" title="Record a suite result" disabledReason={props.allowance.ok ? undefined : props.allowance.reason}
      description="It counts for exactly the fingerprint on this page. A case for which the suite could not tell blocks like a failure."
    >
      <SuiteForm {...props} />
    </DialogButton>
  );
}

function SuiteForm({ changeId, fingerprint, suites, action }: SuiteFormProps) {
  const [state, send] = useActionState(action, { status: "idle" as const });
  const close = useDialogClose();
  useEffect(() => {
    if (state.status === "done") close();
  }, [state, close]);
  const field = (name: string) => ({
    name, error: state.status === "failed" ? state.fields?.[name] : undefined, defaultValue: state.status === "failed" ? state.values?.[name] : undefined,
  });
  const count = (name: string, label: string) => <TextField {...field(name)} label={label} type="number" min={0} step={1} inputMode="numeric" required defaultValue={field(name).defaultValue ?? "0"} />;
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="changeId" value={changeId} />
      <input type="hidden" name="fingerprint" value={fingerprint} />
      <SelectField {...field("suite")} label="Suite" options={suites} />
      <div className="grid gap-4 sm:grid-cols-3">
        {count("passed", "Passed")}
        {count("failed", "Failed")}
        {count("undecided", "Cannot tell")}
      </div>
      <TextField {...field("url")} label="Link to the run (optional)" type="url" placeholder="https://" />
      <FormResult state={state} doneMessage="Recorded." />
      <DialogActions>
        <SubmitButton variant="primary">Record</SubmitButton>
      </DialogActions>
    </form>
  );
}
