"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import type { Allowance } from "./decide-card.tsx";

export function SpotCheckCard({ changeId, allowance, action }: { changeId: string; allowance: Allowance; action: FormAction }) {
  const stale = useStaleReason();
  const [state, send] = useActionState(action, { status: "idle" as const });
  return (
    <Card title="Spot check" className="o2" meta="in the sample">
      <CardBody className="grid gap-3">
        <p className="dense text-pretty text-fg-2">This change passed by itself as harmless and was drawn into the sample. Read the difference and say whether the classification was right.</p>
        {allowance.ok ? (
          <form action={send} className="grid gap-3">
            <input type="hidden" name="changeId" value={changeId} />
            <TextAreaField name="comment" label="Comment (optional)" rows={2} />
            <div className="duo">
              <SubmitButton name="verdict" value="good" disabledReason={stale ?? undefined}>It was harmless</SubmitButton>
              <SubmitButton name="verdict" value="bad" variant="danger">It was not</SubmitButton>
            </div>
            <FormResult state={state} doneMessage="Recorded." />
          </form>
        ) : (
          <Button size="block" disabledReason={allowance.reason}>Record the check</Button>
        )}
      </CardBody>
    </Card>
  );
}
