"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatCount } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface RestartFormProps {
  stopId: string;
  runs: number;
  disabledReason: string | undefined;
  action: FormAction;
}

export function RestartForm({ stopId, runs, disabledReason, action }: RestartFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const stale = useStaleReason({ saysStops: true });
  return (
    <form action={send} className="grid gap-3">
      <input type="hidden" name="stopId" value={stopId} />
      <FormResult state={state} />
      <div className="actions">
        <SubmitButton pendingLabel="Letting them go on…" disabledReason={disabledReason ?? stale ?? undefined}>Let {formatCount(runs, "run")} go on</SubmitButton>
      </div>
    </form>
  );
}
