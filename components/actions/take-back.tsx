"use client";

import { useActionState } from "react";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatClock } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { useRemainingMs } from "./countdown.tsx";

interface TakeBackProps {
  actionId: string;
  /** Until here the agent is not told. */
  dispatchAt: string;
  renderedAt: number;
  cannot: string | null;
  action: FormAction;
}

/** The server holds the approval back so long; this only shows it. */
export function TakeBack({ actionId, dispatchAt, renderedAt, cannot, action }: TakeBackProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const left = useRemainingMs(dispatchAt, renderedAt);
  if (left === 0) return <FormMessage kind="info">The agent is told when it asks next.</FormMessage>;
  return (
    <form action={send} className="grid gap-2">
      <input type="hidden" name="actionId" value={actionId} />
      <p className="dense">Can be undone until <b>{formatClock(dispatchAt)} UTC</b>, {Math.ceil(left / 1_000)} s from now. Until then the agent is not told.</p>
      <SubmitButton size="block" pendingLabel="Undoing…" disabledReason={cannot ?? undefined} data-key="u">Undo the approval</SubmitButton>
      <FormResult state={state} doneMessage="Taken back. It waits again." />
    </form>
  );
}
