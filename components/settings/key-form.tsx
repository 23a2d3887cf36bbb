"use client";

import { useActionState } from "react";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { connectSnippet } from "@/lib/domain/connect-snippet.ts";
import { CodeToCopy } from "./code-to-copy.tsx";
import { typedChoices } from "./typed-choices.ts";

const SCOPES = [
  { value: "telemetry", label: "telemetry", detail: "Sends traces. All an agent needs to connect." },
  { value: "versions", label: "versions", detail: "Registers versions and reports suite results: for a pipeline. Whoever makes the key counts as an author of what it registers, and approves none of it." },
  { value: "outcomes", label: "outcomes", detail: "Says afterwards what came of a run." },
  { value: "authority", label: "authority", detail: "Asks what an agent may do right now, and for approvals. Whoever makes the key approves nothing that is asked with it." },
] as const;

interface KeyFormProps {
  action: FormAction;
  publicUrl: string;
  /** Agents this person may make keys for; null for all. */
  agents: readonly string[] | null;
  agentId: string | undefined;
  disabledReason: string | undefined;
}

export function KeyForm({ action, publicUrl, agents, agentId, disabledReason }: KeyFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  const secret = state.status === "done" ? state.shownOnce : undefined;
  const hint = agents === null ? "Handles, separated by commas. * stands for all agents, also those to come." : `One of yours: ${agents.slice(0, 10).join(", ")}${agents.length > 10 ? " …" : ""}.`;
  return (
    <form action={send} className="grid gap-4">
      <FormResult state={state} />
      {secret !== undefined && (
        <div className="grid gap-1.5">
          <p className="field-label">With this key an agent connects so</p>
          <CodeToCopy text={connectSnippet({ publicUrl, secret, agentId: agentId ?? null })} label="Copy the variables" />
        </div>
      )}
      <TextField label="Name" name="name" placeholder="refund-bot in production" required error={failed?.fields?.["name"]} defaultValue={failed?.values?.["name"]} />
      <TextField label="Agents" name="agents" hint={hint} required autoCapitalize="off" spellCheck={false} error={failed?.fields?.["agents"]} defaultValue={failed?.values?.["agents"] ?? agentId} />
      <ChoiceField name="scopes[]" label="May be used for" allows="several" choices={SCOPES} defaultValue={typedChoices(state, "scopes[]", ["telemetry"])} error={failed?.fields?.["scopes"]} />
      <SubmitButton variant="primary" disabledReason={disabledReason}>Make the key</SubmitButton>
    </form>
  );
}
