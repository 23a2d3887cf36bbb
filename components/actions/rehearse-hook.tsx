"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { CompensationHook } from "@/lib/domain/manifest.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface RehearseHookProps {
  agentId: string;
  tool: string;
  kind: CompensationHook["kind"];
  cannot: string | null;
  action: FormAction;
}

const PENDING: Readonly<Record<CompensationHook["kind"], string>> = { http: "Rehearsing, up to 10 s…", tool: "Asking the agent, up to 25 s…", manual: "Noting it…" };

/** What comes of it stands where the last one stood: the page is made again with the answer. */
export function RehearseHook({ agentId, tool, kind, cannot, action }: RehearseHookProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const stale = useStaleReason();
  return (
    <form action={send} className="grid gap-2">
      <input type="hidden" name="agentId" value={agentId} />
      <input type="hidden" name="tool" value={tool} />
      <div>
        <SubmitButton size="sm" pendingLabel={PENDING[kind]} disabledReason={cannot ?? stale ?? undefined}>
          {kind === "manual" ? "I went through the instructions" : "Rehearse"}<span className="sr-only"> for <UntrustedText text={tool} maxLength={200} /></span>
        </SubmitButton>
      </div>
      <p className="sr-only" role="status">{state.status === "done" ? state.message : ""}</p>
      {state.status === "failed" && <FormMessage kind="error">{state.message}</FormMessage>}
    </form>
  );
}
