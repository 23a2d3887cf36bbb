"use client";

import { useActionState } from "react";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";

export function RevokeOverride({ overrideId, action, permission }: { overrideId: string; action: FormAction; permission: Answer }) {
  const [state, submit] = useActionState(action, { status: "idle" });
  return (
    <form action={submit} className="form-stack gap-2!">
      <input type="hidden" name="overrideId" value={overrideId} />
      <SubmitButton size="sm" pendingLabel="Revoking…" disabledReason={permission.ok ? undefined : permission.reason}>
        Revoke
      </SubmitButton>
      {state.status === "failed" && <FormMessage kind="error">{state.message}</FormMessage>}
    </form>
  );
}
