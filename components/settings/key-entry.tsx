"use client";

import { useActionState } from "react";
import { FormResult } from "@/components/ui/form-message.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { FormAction } from "@/lib/server-action.ts";

export interface ListedKey {
  id: string;
  name: string;
  hint: string;
  agentIds: readonly string[];
  scopes: readonly string[];
  /** Whose own key it is. */
  personName: string | null;
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export function KeyEntry({ apiKey, revoke, disabledReason }: { apiKey: ListedKey; revoke: FormAction; disabledReason: string | undefined }) {
  const [state, send] = useActionState(revoke, { status: "idle" });
  return (
    <li>
      <details>
        <summary className="row row-press">
          <span className="min-w-0">
            <span className="row-title">{apiKey.name}</span>
            <span className="row-detail block">
              <Mono>{apiKey.hint}</Mono>, {forWhom(apiKey)}
            </span>
          </span>
          <span className="row-aside">
            {apiKey.revokedAt !== null ? <StatusMark kind="expired">Revoked</StatusMark> : <span className="text-fg-3">{apiKey.lastUsedAt === null ? "Never used" : <>Used <Time at={apiKey.lastUsedAt} /></>}</span>}
          </span>
        </summary>
        <div className="grid gap-4 border-t border-line bg-canvas p-4">
          <KeyValue
            align="left"
            items={[
              { label: "Agents", value: apiKey.personName !== null ? "as the person’s roles allow" : apiKey.agentIds.includes("*") ? "All, also those to come" : apiKey.agentIds.join(", ") },
              { label: "May be used for", value: <span className="flex flex-wrap gap-1.5">{apiKey.personName !== null ? "whatever that person may do" : apiKey.scopes.map((scope) => <Tag key={scope}>{scope}</Tag>)}</span> },
              { label: "Made by", value: <>{apiKey.createdBy}, <Time at={apiKey.createdAt} show="both" /></> },
              { label: "Last used", value: apiKey.lastUsedAt === null ? "Never" : <Time at={apiKey.lastUsedAt} show="both" /> },
              ...(apiKey.revokedAt === null ? [] : [{ label: "Revoked", value: <Time at={apiKey.revokedAt} show="both" /> }]),
            ]}
          />
          {apiKey.revokedAt === null && (
            <form action={send} className="grid gap-2">
              <input type="hidden" name="keyId" value={apiKey.id} />
              <p className="dense text-fg-2">Whoever uses it is refused from the next request on. It cannot be brought back.</p>
              <div>
                <SubmitButton size="sm" variant="danger" disabledReason={disabledReason}>Revoke this key</SubmitButton>
              </div>
              <FormResult state={state} doneMessage="Revoked." />
            </form>
          )}
        </div>
      </details>
    </li>
  );
}

function forWhom(key: ListedKey): string {
  if (key.personName !== null) return `acts as ${key.personName}`;
  if (key.agentIds.includes("*")) return "for all agents";
  return key.agentIds.length > 3 ? `for ${key.agentIds.length} agents` : `for ${key.agentIds.join(", ")}`;
}
