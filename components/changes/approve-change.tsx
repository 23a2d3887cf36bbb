"use client";

import { useActionState, useId, type MouseEvent } from "react";
import { buttonClass } from "@/components/ui/button.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { holdBackRepeat } from "@/components/ui/hold-back-repeat.ts";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { DeltaLink } from "./delta-link.tsx";
import { showUnread, useDeltaSeen } from "./delta-seen.ts";

interface ApproveChangeProps {
  changeId: string;
  fingerprint: string;
  /** As of `watchDelta`. */
  shown: string;
  cannotApprove: string | null;
  /** What is shown may be old: the form stays, with what was typed, and its button waits. */
  notNow: string | null;
  action: FormAction;
}

/** By key it shows what has to be read, and the next press is the yes; a pointer has the link for that. */
function showFirst(event: MouseEvent): void {
  event.preventDefault();
  if (event.detail === 0) showUnread();
}

/** The button waits until what would be different was in the window; the house itself asks only for the fingerprint. */
export function ApproveChange({ changeId, fingerprint, shown, cannotApprove, notNow, action }: ApproveChangeProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const isSeen = useDeltaSeen(shown);
  const reasonId = useId();
  const label = <>Approve <span className="mono">{shortFingerprint(fingerprint)}</span></>;
  if (cannotApprove !== null) {
    return (
      <>
        <div id={reasonId}>
          <FormMessage kind="warning" title="You cannot approve.">{cannotApprove}</FormMessage>
        </div>
        <button type="button" className={buttonClass("primary", "block")} aria-disabled="true" aria-describedby={reasonId}>{label}</button>
      </>
    );
  }
  const waiting = isSeen ? {} : { "aria-disabled": true, "aria-describedby": reasonId, "data-opens": true, onClick: showFirst };
  return (
    <form action={send} className="grid gap-3">
      <input type="hidden" name="changeId" value={changeId} />
      <input type="hidden" name="fingerprint" value={fingerprint} />
      <TextAreaField name="comment" label="Comment (optional)" rows={1} className="min-h-9!" defaultValue={state.status === "failed" ? state.values?.comment : undefined} />
      <div className="grid gap-1.5">
        <SubmitButton variant="primary" size="block" pendingLabel="Approving…" disabledReason={notNow ?? undefined} data-key="a" onKeyDown={holdBackRepeat} {...waiting}>{label}</SubmitButton>
        {/* It keeps its line: nothing moves under a finger when it has been read. */}
        {notNow === null && <p id={reasonId} className="meta">{isSeen ? "What changes has been in view." : <><DeltaLink className="link">Read what changes</DeltaLink> first.</>}</p>}
      </div>
      <FormResult state={state} doneMessage="Approved." />
    </form>
  );
}
