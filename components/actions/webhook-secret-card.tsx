"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";

const CHECK = `import { Webhook } from "standardwebhooks";

// Throws when it is not from Holdpoint.
new Webhook(secret).verify(body, headers);`;

/** The secret comes only when it is asked for, and is gone with the page. */
export function WebhookSecretCard({ agentId, hasWebhook, cannot, action }: { agentId: string; hasWebhook: boolean; cannot: string | null; action: FormAction }) {
  const [state, send] = useActionState(action, { status: "idle" });
  const secret = state.status === "done" ? state.shownOnce : undefined;
  return (
    <Card title="Signed webhooks">
      <CardBody className="grid gap-3">
        <p className="dense text-pretty text-fg-2">
          Requests to this agent’s hooks are signed as <a className="link" href="https://www.standardwebhooks.com" rel="noreferrer noopener" target="_blank">Standard Webhooks</a> says. The receiver checks them with the agent’s secret.{!hasWebhook && " No tool of the current version has such a hook yet."}
        </p>
        <form action={send} className="grid gap-2">
          <input type="hidden" name="agentId" value={agentId} />
          <div aria-live="polite">
            {secret !== undefined && (
              <p className="flex items-start gap-1">
                <code className="code min-w-0 flex-1 py-1! wrap-anywhere">{secret}</code>
                <CopyButton text={secret} label="Copy the secret" />
              </p>
            )}
          </div>
          {secret === undefined && <div><SubmitButton size="sm" pendingLabel="Asking…" disabledReason={cannot ?? undefined}>Show the secret</SubmitButton></div>}
          {state.status === "failed" && <FormMessage kind="error">{state.message}</FormMessage>}
          <p className="meta">The log keeps who read it.</p>
        </form>
        <h3 className="dense font-medium">How a receiver checks</h3>
        <div className="relative min-w-0">
          <span className="absolute top-1 right-1 z-1"><CopyButton text={CHECK} label="Copy the lines" /></span>
          <pre className="code pr-9">{CHECK}</pre>
        </div>
        <ul className="dense list-disc space-y-1 pl-4 text-pretty text-fg-2">
          <li>Without a library: the part of <code>webhook-signature</code> after <code>v1,</code> is the base64 of HMAC-SHA-256 over <code>webhook-id</code>, a dot, <code>webhook-timestamp</code>, a dot and the body as it came. The key is what follows <code>whsec_</code>, read as base64.</li>
          <li>Refuse a timestamp that is more than five minutes away, and do the same <code>webhook-id</code> once.</li>
          <li>With <code>holdpoint-dry-run: true</code> check everything and change nothing: that is a rehearsal.</li>
          <li>Answer 2xx when it is taken back. Anything else is tried again.</li>
        </ul>
      </CardBody>
    </Card>
  );
}
