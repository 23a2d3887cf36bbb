"use client";

import { useRouter } from "next/navigation";
import { useActionState, useEffect } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { MOVES_WITH, UNKNOWN_NOW } from "./meanwhile.ts";
import { isUndoOver, undoWord } from "./undo-words.ts";

interface UndoStateProps {
  undoId: string;
  state: string;
  /** Steps and attempts so far. */
  events: number;
  /** What remains, as a sentence. */
  remains: string;
  approvedBy: string | null;
  /** Null: this person may approve. */
  cannotApprove: string | null;
  action: FormAction;
}

/** Progress loads by itself: nobody decides between the steps, and only their words change. */
export function UndoState({ undoId, state, events, remains, approvedBy, cannotApprove, action }: UndoStateProps) {
  const router = useRouter();
  const [form, send] = useActionState(action, { status: "idle" });
  const stale = useStaleReason();
  const { pulse, isUnknown } = usePulse<{ state: string; events: number }>(`/api/console/undos/${encodeURIComponent(undoId)}`, MOVES_WITH, isUndoOver(state));
  const hasMoved = pulse !== undefined && (pulse.state !== state || pulse.events !== events);
  useEffect(() => {
    if (hasMoved) router.refresh();
  }, [hasMoved, router, pulse?.events, pulse?.state]);
  const { word, mark } = undoWord(state);
  return (
    <Card title="How far it is" className="o1">
      <CardBody className="grid gap-3">
        <div aria-live="polite">
          <StatusMark kind={mark}>{word}</StatusMark>
          <p className="dense mt-1 text-pretty text-fg-2">{remains}</p>
          {approvedBy !== null && <p className="meta mt-1">Approved by {approvedBy}</p>}
        </div>
        {isUnknown && <FormMessage kind="warning" title="Cannot tell whether this is still current.">The console does not answer. It asks again every few seconds.</FormMessage>}
        {state === "waiting" && (
          <form action={send} className="grid gap-3">
            <input type="hidden" name="undoId" value={undoId} />
            <SubmitButton variant="primary" size="block" pendingLabel="Approving…" data-key="a" disabledReason={cannotApprove ?? (isUnknown ? UNKNOWN_NOW : stale) ?? undefined}>Approve the reversal</SubmitButton>
            <FormResult state={form} doneMessage="Approved. It begins." />
          </form>
        )}
      </CardBody>
    </Card>
  );
}
