"use client";

import { useActionState, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Button } from "@/components/ui/button.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { JsonView } from "@/components/ui/json-view.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { ListedApproval } from "@/lib/domain/read-first.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface ApproveHereProps {
  actionId: string;
  /** As the row has it now; what was opened first stays, and nothing else is approved. */
  approval: ListedApproval | undefined;
  isGone: boolean;
  /** Id of the sentence of effect. */
  describedBy: string;
  action: FormAction;
  /** With what the answer says. */
  onApproved: (message: string) => void;
  onClose: () => void;
}

const WAYS_BACK: Record<ListedApproval["reversibility"], string> = { automatic: "Can be taken back.", by_hand: "Can be taken back by hand only.", none: "Cannot be taken back." };

/** Under its row: everything that is approved, and the button that has the focus and names it. Nothing is sent before that is pressed. */
export function ApproveHere({ actionId, approval, isGone, describedBy, action, onApproved, onClose }: ApproveHereProps) {
  const stale = useStaleReason();
  const [read] = useState(approval);
  const [state, send] = useActionState<Awaited<ReturnType<FormAction>>, FormData>(async (before, form) => {
    const answer = await action(before, form);
    if (answer.status === "done") onApproved(answer.message ?? "Approved.");
    return answer;
  }, { status: "idle" });
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("button")?.focus(), []);
  if (read === undefined) return null;
  const isOther = approval?.inputDigest !== read.inputDigest;
  const notNow = isGone ? "It waits no longer." : isOther ? "It is another one by now. Open it and read it." : stale;
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  return (
    <div className="inbox-here" role="group" aria-label="Approve it here" onKeyDown={close}>
      <p className="dense text-pretty text-fg-2"><NamedText text={read.because} /> {WAYS_BACK[read.reversibility]}</p>
      {read.justification !== null && <p className="dense"><span className="text-fg-2">The agent says:</span> <UntrustedText text={read.justification} maxLength={600} /></p>}
      <JsonView value={read.input} label="Arguments" />
      <form ref={form} action={send} className="grid gap-2">
        <input type="hidden" name="actionId" value={actionId} />
        <input type="hidden" name="inputDigest" value={read.inputDigest} />
        <div className="actions">
          <SubmitButton variant="primary" pendingLabel="Approving…" disabledReason={notNow ?? undefined} data-key="a" aria-describedby={describedBy}>Approve <span className="mono">{shortFingerprint(read.inputDigest)}</span></SubmitButton>
          <Button variant="quiet" onClick={onClose}>Not now</Button>
        </div>
        {state.status === "failed" && <FormResult state={state} />}
      </form>
    </div>
  );
}
