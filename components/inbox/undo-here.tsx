"use client";

import { useActionState } from "react";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import type { FormAction } from "@/lib/server-action.ts";

/** Beside what was approved in the list, as long as the agent is not told. The server knows how long that is. */
export function UndoHere({ actionId, action, onTakenBack }: { actionId: string; action: FormAction; onTakenBack: (message: string) => void }) {
  const [state, send] = useActionState<Awaited<ReturnType<FormAction>>, FormData>(async (before, form) => {
    const answer = await action(before, form);
    if (answer.status === "done") onTakenBack(answer.message ?? "Taken back.");
    return answer;
  }, { status: "idle" });
  return (
    <form action={send} className="grid justify-items-end gap-1">
      <input type="hidden" name="actionId" value={actionId} />
      <SubmitButton size="sm" pendingLabel="Undoing…" data-key="u">Undo</SubmitButton>
      {state.status === "failed" && <FormResult state={state} />}
    </form>
  );
}
