"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface RevokeOverrideProps {
  overrideId: string;
  /** Without it the agent may do more than with it: not from a page that may be old. */
  loosens: boolean;
  action: FormAction;
  permission: Answer;
}

export function RevokeOverride({ overrideId, loosens, action, permission }: RevokeOverrideProps) {
  const stale = useStaleReason();
  const [state, submit] = useActionState(action, { status: "idle" });
  return (
    <form action={submit} className="form-stack gap-2!">
      <input type="hidden" name="overrideId" value={overrideId} />
      <SubmitButton size="sm" pendingLabel="Revoking…" disabledReason={permission.ok ? (loosens ? stale ?? undefined : undefined) : permission.reason}>
        Revoke
      </SubmitButton>
      {state.status === "failed" && <FormMessage kind="error">{state.message}</FormMessage>}
    </form>
  );
}
