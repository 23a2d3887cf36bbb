"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface RehearseHookProps {
  agentId: string;
  tool: string;
  kind: "http" | "manual";
  cannot: string | null;
  action: FormAction;
}

/** What comes of it stands where the last one stood: the page is made again with the answer. */
export function RehearseHook({ agentId, tool, kind, cannot, action }: RehearseHookProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  const stale = useStaleReason();
  return (
    <form action={send} className="grid gap-2">
      <input type="hidden" name="agentId" value={agentId} />
      <input type="hidden" name="tool" value={tool} />
      <div>
        <SubmitButton size="sm" pendingLabel={kind === "http" ? "Rehearsing, up to 10 s…" : "Noting it…"} disabledReason={cannot ?? stale ?? undefined}>
          {kind === "http" ? "Rehearse" : "I went through the instructions"}<span className="sr-only"> for <UntrustedText text={tool} maxLength={200} /></span>
        </SubmitButton>
      </div>
      <p className="sr-only" role="status">{state.status === "done" ? state.message : ""}</p>
      {state.status === "failed" && <FormMessage kind="error">{state.message}</FormMessage>}
    </form>
  );
}
