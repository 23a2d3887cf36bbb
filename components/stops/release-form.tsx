"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { FormAction } from "@/lib/server-action.ts";

export interface AskedRelease {
  askedBy: string;
  reason: string;
  askedAt: Date;
}

interface ReleaseFormProps {
  stopId: string;
  name: string;
  /** Null while nobody asked. */
  asked: AskedRelease | null;
  /** Why this person may not release, or not as the second one; with whom to ask. */
  disabledReason: string | undefined;
  askAction: FormAction;
  releaseAction: FormAction;
}

const IDLE = { status: "idle" } as const;

/** One person asks and says why; another one releases. */
export function ReleaseForm(props: ReleaseFormProps) {
  const stale = useStaleReason({ saysStops: true });
  const current = { ...props, disabledReason: props.disabledReason ?? stale ?? undefined };
  return props.asked === null ? <AskForm {...current} /> : <SecondPerson {...current} asked={props.asked} />;
}

function AskForm({ stopId, name, disabledReason, askAction }: ReleaseFormProps) {
  const [state, send] = useActionState(askAction, IDLE);
  return (
    <form action={send} className="grid max-w-[76ch] gap-3">
      <input type="hidden" name="stopId" value={stopId} />
      <TextAreaField
        name="reason" label={`Why may ${name} be released?`} hint="Read by the second person, and kept in the log." rows={2} minLength={5} maxLength={1_000} required={disabledReason === undefined}
        readOnly={disabledReason !== undefined} error={state.status === "failed" ? state.fields?.reason : undefined} defaultValue={state.status === "failed" ? state.values?.reason : undefined}
      />
      <FormResult state={state} />
      <div className="actions">
        <SubmitButton pendingLabel="Asking…" disabledReason={disabledReason}>Ask for release</SubmitButton>
      </div>
    </form>
  );
}

function SecondPerson({ stopId, name, asked, disabledReason, releaseAction }: ReleaseFormProps & { asked: AskedRelease }) {
  const [state, send] = useActionState(releaseAction, IDLE);
  return (
    <form action={send} className="grid max-w-[76ch] gap-3">
      <input type="hidden" name="stopId" value={stopId} />
      {/* Who releases has read this very request. */}
      <input type="hidden" name="askedAt" value={asked.askedAt.toISOString()} />
      <FormMessage kind="info" title={<>{asked.askedBy} asked for release <Time at={asked.askedAt} /></>}>{asked.reason}</FormMessage>
      <FormResult state={state} />
      <div className="actions">
        <SubmitButton pendingLabel="Releasing…" disabledReason={disabledReason}>Release {name}</SubmitButton>
      </div>
      <p className="meta">A release permits a restart and does not cause one.</p>
    </form>
  );
}
