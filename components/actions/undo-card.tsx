"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { DialogActions, DialogButton } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatCount } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { previewSentences, secondPersonSentence, type UndoPreview } from "./undo-words.ts";

export interface UndoChoice {
  scope: "action" | "run" | "version";
  target: string;
  /** "This action", "Everything of this run". */
  label: string;
  /** For a version: only what was asked since. */
  since: string | null;
  preview: UndoPreview;
}

interface UndoCardProps {
  agentId: string;
  choices: readonly UndoChoice[];
  cannot: string | null;
  action: FormAction;
}

export function UndoCard({ agentId, choices, cannot, action }: UndoCardProps) {
  const stale = useStaleReason();
  return (
    <Card title="Take it back" className="o3" meta="in the real system">
      <CardBody className="grid gap-3">
        {choices.map((choice) => (
          <DialogButton
            key={choice.scope} label={choice.label} title={choice.label} disabledReason={cannot ?? stale ?? emptyReason(choice.preview)}
            description="Each effect is taken back by its own way, the newest first. What has none, or fails, stays and is listed."
          >
            <UndoForm agentId={agentId} choice={choice} action={action} />
          </DialogButton>
        ))}
      </CardBody>
    </Card>
  );
}

const emptyReason = ({ reversible, byHand }: UndoPreview): string | undefined => (reversible + byHand === 0 ? "Nothing of it can be taken back any more." : undefined);

function UndoForm({ agentId, choice, action }: { agentId: string; choice: UndoChoice; action: FormAction }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  const { preview } = choice;
  const secondPerson = secondPersonSentence(preview);
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="agentId" value={agentId} />
      <input type="hidden" name="scope" value={choice.scope} />
      <input type="hidden" name="target" value={choice.target} />
      {choice.since !== null && <input type="hidden" name="since" value={choice.since} />}
      <FormMessage kind={preview.notReversible > 0 ? "warning" : "info"} title={formatCount(preview.actions, "action was done.", "actions were done.")}>
        <ul>{previewSentences(preview).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      </FormMessage>
      {secondPerson !== null && <p className="dense text-fg-2">{secondPerson}</p>}
      <TextAreaField name="reason" label="Reason" required minLength={3} maxLength={1_000} rows={2} error={failed?.fields?.reason} defaultValue={failed?.values?.reason} />
      <FormResult state={state} />
      <DialogActions>
        <SubmitButton variant="danger" pendingLabel="Starting…">{preview.needsSecondPerson ? "Ask for the reversal" : "Take it back"}</SubmitButton>
      </DialogActions>
    </form>
  );
}
