"use client";

import Link from "next/link";
import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Card } from "@/components/ui/card.tsx";
import { DialogActions, DialogButton } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";

export interface BatchLine {
  key: string;
  agentId: string;
  tool: string;
  actions: readonly { id: string; inputDigest: string; effect: string }[];
  leftOut: readonly { id: string; effect: string; why: string }[];
  total: string | null;
  largest: string | null;
}

/** Never a box for everything: each line is one tool of one agent under the same policies. */
export function BatchCard({ batches, action }: { batches: readonly BatchLine[]; action: FormAction }) {
  const stale = useStaleReason();
  return (
    <Card title="Alike" meta="what waits for you and can be decided together">
      <Rows label="Alike">
        {batches.map((batch) => (
          <li key={batch.key} className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5">
            <div className="min-w-0">
              <p><b>{batch.actions.length}</b> × <span className="mono">{batch.tool}</span> of <Link className="link" href={paths.agent(batch.agentId)}>{batch.agentId}</Link></p>
              <p className="meta">{sumSentence(batch)}</p>
            </div>
            <DialogButton
              label={`Approve ${batch.actions.length} together`} title={`Approve ${batch.actions.length} × ${batch.tool}`} isWide disabledReason={stale ?? undefined}
              description="Each is decided anew by policy and stops before it goes ahead. Whatever was decided elsewhere meanwhile is left out."
            >
              <BatchForm batch={batch} action={action} />
            </DialogButton>
          </li>
        ))}
      </Rows>
    </Card>
  );
}

function sumSentence({ total, largest, leftOut }: BatchLine): string {
  const parts = [...(total === null ? [] : [`${total} in total`]), ...(largest === null ? [] : [`largest ${largest}`]), ...(leftOut.length === 0 ? [] : [`${leftOut.length} left out`])];
  return parts.length === 0 ? "No amounts" : parts.join(", ");
}

function BatchForm({ batch, action }: { batch: BatchLine; action: FormAction }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid gap-4">
      {batch.actions.map(({ id, inputDigest }) => <input key={id} type="hidden" name="actions[]" value={`${id} ${inputDigest}`} />)}
      <ul className="dense grid max-h-72 gap-1 overflow-y-auto">
        {batch.actions.map(({ id, effect }) => <li key={id}><Link className="link" href={paths.action(id)}><NamedText text={effect} /></Link></li>)}
      </ul>
      {batch.leftOut.length > 0 && (
        <div>
          <p className="font-medium">{formatCount(batch.leftOut.length, "is", "are")} left out</p>
          <ul className="dense grid gap-1">
            {batch.leftOut.map(({ id, effect, why }) => <li key={id}><Link className="link" href={paths.action(id)}><NamedText text={effect} /></Link> <span className="text-fg-2">{why}</span></li>)}
          </ul>
        </div>
      )}
      <TextAreaField name="reason" label="Reason (optional)" maxLength={1_000} rows={2} error={failed?.fields?.reason} defaultValue={failed?.values?.reason} />
      <FormResult state={state} />
      <DialogActions>
        <SubmitButton variant="primary" pendingLabel="Approving…">Approve {batch.actions.length}{batch.total === null ? "" : `, ${batch.total}`}</SubmitButton>
      </DialogActions>
    </form>
  );
}
