"use client";

import { useActionState, useState } from "react";
import { DialogActions } from "@/components/ui/dialog.tsx";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { diffArguments } from "@/lib/domain/diff-arguments.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { ArgumentDiff } from "./argument-diff.tsx";
import { argumentFields, readArguments, type ArgumentField } from "./argument-fields.ts";

interface EditArgumentsProps {
  actionId: string;
  inputDigest: string;
  input: Record<string, unknown>;
  /** It may have changed while somebody was writing. */
  cannotApprove: string | null;
  action: FormAction;
}

/** One field for each argument; the difference stands above the button before anything is sent. */
export function EditArguments({ actionId, inputDigest, input, cannotApprove, action }: EditArgumentsProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const [fields, setFields] = useState(() => argumentFields(input));
  const edited = readArguments(fields);
  const errors = edited.ok ? {} : edited.errors;
  const isSame = edited.ok && diffArguments(input, edited.input).length === 0;
  const change = (name: string, text: string) => setFields((before) => before.map((field) => (field.name === name ? { ...field, text } : field)));
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="actionId" value={actionId} />
      <input type="hidden" name="inputDigest" value={inputDigest} />
      <input type="hidden" name="editedInput" value={edited.ok ? JSON.stringify(edited.input) : ""} />
      {fields.map((field) => <Argument key={field.name} field={field} error={Object.hasOwn(errors, field.name) ? errors[field.name] : undefined} onChange={(text) => change(field.name, text)} />)}
      <TextAreaField name="reason" label="Why (optional)" rows={1} className="min-h-9!" maxLength={1_000} />
      <div aria-live="polite">
        <p className="sub-h mb-1.5 font-medium">What the agent asked, and what you approve</p>
        {edited.ok ? <ArgumentDiff before={input} after={edited.input} label="Differences" /> : <p className="meta">Something above cannot be read yet.</p>}
      </div>
      <FormResult state={state} doneMessage="Approved." />
      <DialogActions>
        <SubmitButton variant="primary" disabledReason={cannotApprove ?? (!edited.ok ? "Mend the field first." : isSame ? "Nothing is different yet." : undefined)}>Approve with these edits</SubmitButton>
      </DialogActions>
    </form>
  );
}

function Argument({ field, error, onChange }: { field: ArgumentField; error: string | undefined; onChange: (text: string) => void }) {
  const label = <UntrustedText text={field.name} maxLength={120} />;
  const shared = { label, error, value: field.text };
  if (field.kind === "switch") return <SelectField {...shared} options={[{ value: "true", label: "true" }, { value: "false", label: "false" }]} onChange={(event) => onChange(event.target.value)} />;
  if (field.kind === "json" || field.text.length > 80 || field.text.includes("\n")) return <TextAreaField {...shared} className={field.kind === "json" ? "mono" : ""} onChange={(event) => onChange(event.target.value)} />;
  return <TextField {...shared} inputMode={field.kind === "number" ? "decimal" : "text"} onChange={(event) => onChange(event.target.value)} />;
}
