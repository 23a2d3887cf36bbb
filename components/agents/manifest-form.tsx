"use client";

import { useActionState, useId, useState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";

interface ManifestFormProps {
  agentId: string;
  /** What the field starts with: the current recipe, or the proposal that is edited. */
  initial: string;
  /** An open change whose proposal this replaces. */
  replaces: { id: string; title: string } | null;
  maxBytes: number;
  action: FormAction;
  permission: Answer;
}

export function ManifestForm({ agentId, initial, replaces, maxBytes, action, permission }: ManifestFormProps) {
  const [state, submit] = useActionState(action, { status: "idle" });
  // Without JavaScript the answer is a new page, and what was typed comes back in it.
  const [text, setText] = useState(state.status === "failed" ? (state.values?.["manifest"] ?? initial) : initial);
  const [refused, setRefused] = useState<string | null>(null);
  const fileId = useId();
  const field = formFields(state);
  const problems = state.status === "failed" ? (state.fields?.["manifest"]?.split("\n") ?? []) : [];

  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > maxBytes) return setRefused(`${file.name} is larger than ${Math.floor(maxBytes / 1000)} kB. Register it through the API.`);
    setRefused(null);
    setText(await file.text());
  };

  return (
    <form action={submit} className="stack">
      <input type="hidden" name="agentId" value={agentId} />
      {replaces && <input type="hidden" name="replacesChangeId" value={replaces.id} />}
      {replaces && <FormMessage kind="warning" title="This edits an open change.">{replaces.title}. Approvals that were given become void, because they were given to another fingerprint.</FormMessage>}
      <Card title="Manifest" meta="JSON or YAML">
        <CardBody className="form-stack">
          <div className="field">
            <label className="field-label" htmlFor={fileId}>Upload a file</label>
            <p className="field-hint">It is read into the field below and sent from there.</p>
            <input id={fileId} className="input" type="file" accept=".json,.yaml,.yml,application/json,application/yaml" onChange={(event) => void take(event.target.files?.[0])} />
          </div>
          {refused !== null && <FormMessage kind="error">{refused}</FormMessage>}
          <TextAreaField
            name="manifest" label="Or paste it" hint="model, prompt and tools are needed; policy, memory, escalation, workflow and retrieval are optional." rows={18} required spellCheck={false}
            className="mono max-h-[60vh] text-meta" value={text} onChange={(event) => setText(event.target.value)} aria-invalid={problems.length > 0 || undefined}
          />
          {problems.length > 0 && (
            <FormMessage kind="error" title={problems.length === 1 ? "One thing in the manifest needs another look." : `${problems.length} things in the manifest need another look.`}>
              <ol className="mt-1 list-decimal pl-5">
                {problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ol>
            </FormMessage>
          )}
          <TextField {...field("reason")} label="Why" hint="What reviewers read first." maxLength={2_000} />
          {problems.length === 0 && <FormResult state={state} />}
          <div className="actions">
            <SubmitButton name="intent" value="check" pendingLabel="Checking…">Check</SubmitButton>
            <SubmitButton name="intent" value="register" variant="primary" pendingLabel="Registering…" disabledReason={permission.ok ? undefined : permission.reason}>
              {replaces ? "Replace the proposal" : "Register and propose"}
            </SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}
