"use client";

import { useActionState, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { answerOf } from "./send-form.ts";

interface CommentHereProps {
  itemKey: string;
  action: FormAction;
  /** With what the answer says. */
  onDone: (message: string) => void;
  onClose: () => void;
}

/** Under its row, or on its own page. What is typed stays until it is stored, or whoever typed it leaves it. */
export function CommentHere({ itemKey, action, onDone, onClose }: CommentHereProps) {
  const [text, setText] = useState("");
  const [state, send] = useActionState<Awaited<ReturnType<FormAction>>, FormData>(async (_before, form) => {
    const answer = await answerOf(action, form);
    if (answer.status === "done") onDone(answer.message ?? "");
    return answer;
  }, { status: "idle" });
  const place = useRef<HTMLFormElement>(null);
  useEffect(() => place.current?.querySelector("textarea")?.focus(), []);
  const close = (event: KeyboardEvent) => {
    if (event.key === "Escape" && text.trim() === "") onClose();
  };
  return (
    <form ref={place} action={send} className="inbox-here" aria-label="Comment on it" onKeyDown={close}>
      <input type="hidden" name="item" value={itemKey} />
      <TextAreaField
        name="text" label="Comment" hint="Kept for good. Whoever may see it may read this; it decides nothing." rows={2} maxLength={2_000} value={text} onChange={(event) => setText(event.target.value)}
        error={state.status === "failed" ? state.fields?.text : undefined}
      />
      <div className="actions">
        <SubmitButton>Comment</SubmitButton>
        <Button variant="quiet" onClick={onClose}>Not now</Button>
      </div>
      {state.status === "failed" && <FormResult state={state} />}
    </form>
  );
}
