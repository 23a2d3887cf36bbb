"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { RolloutState } from "@/lib/domain/rollout-state.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { useToldAction } from "./decision-news.tsx";
import { ReasonDialog } from "./reason-dialog.tsx";

export interface RolloutActions {
  start: FormAction;
  pause: FormAction;
  resume: FormAction;
  promote: FormAction;
  waive: FormAction;
}

interface DecideRolloutProps {
  rolloutId: string;
  revision: number;
  state: RolloutState;
  /** The stage after this one; null: the candidate takes effect. */
  nextStage: string | null;
  candidateNumber: number;
  may: Record<keyof RolloutActions, Answer>;
  /** Why it cannot conclude, so that it is not started. */
  refusal: string | null;
  actions: RolloutActions;
}

const reasonOf = (answer: Answer): string | undefined => (answer.ok ? undefined : answer.reason);

/** What brings the rollout further, and what holds it. Ending it is elsewhere on the page. */
export function DecideRollout({ rolloutId, revision, state, nextStage, candidateNumber, may, refusal, actions }: DecideRolloutProps) {
  const stale = useStaleReason() ?? undefined;
  const one = { rolloutId, revision };
  const to = nextStage === null ? `put ${candidateNumber} in effect` : `promote to ${nextStage}`;
  return (
    <div className="decide-rollout flex flex-wrap items-start gap-x-3 gap-y-2">
      {state === "planned" && <OneButton {...one} action={actions.start} label="Start the rollout" pendingLabel="Starting…" disabledReason={reasonOf(may.start) ?? refusal ?? stale} />}
      {state === "running" && <OneButton {...one} action={actions.promote} label={capitalise(to)} pendingLabel="Promoting…" disabledReason={reasonOf(may.promote) ?? stale} />}
      {(state === "paused" || state === "held") && (
        <ReasonDialog
          {...one} label="Resume the rollout" title="Resume the rollout" variant="primary" submitLabel="Resume" pendingLabel="Resuming…" action={actions.resume} disabledReason={reasonOf(may.resume) ?? stale}
          effect={`${candidateNumber} gets tasks again, at the exposure where it stood.`}
        />
      )}
      {state === "running" && (
        <ReasonDialog {...one} label="Pause the rollout" title="Pause the rollout" submitLabel="Pause" pendingLabel="Pausing…" action={actions.pause} disabledReason={reasonOf(may.pause)} effect="New tasks go to the current version. What the candidate has begun, it finishes." />
      )}
      {state !== "paused" && (
        <ReasonDialog
          {...one} label={state === "planned" ? "Skip the rollout" : "Go on without the evidence"} variant="quiet" submitLabel="Waive" pendingLabel="Waiving…" action={actions.waive} disabledReason={reasonOf(may.waive) ?? stale}
          title={state === "planned" ? "Skip the rollout" : "Waive the evidence of this stage"}
          effect={state === "planned" ? `When a second owner waives it too, ${candidateNumber} takes effect for every task, untried.` : `When a second owner waives it too, it goes on to ${to} without the judge's evidence. Both names and reasons stay in the log.`}
        />
      )}
    </div>
  );
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function OneButton({ rolloutId, revision, action, label, pendingLabel, disabledReason }: { rolloutId: string; revision: number; action: FormAction; label: string; pendingLabel: string; disabledReason: string | undefined }) {
  const [state, send] = useActionState(useToldAction(action), { status: "idle" });
  return (
    <form action={send} className="grid justify-items-start gap-2">
      <input type="hidden" name="rolloutId" value={rolloutId} />
      <input type="hidden" name="revision" value={revision} />
      <SubmitButton variant="primary" pendingLabel={pendingLabel} disabledReason={disabledReason}>{label}</SubmitButton>
      {state.status === "failed" && <FormResult state={state} />}
    </form>
  );
}
