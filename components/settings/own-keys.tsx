"use client";

import { useActionState } from "react";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface OwnKey {
  id: string;
  name: string;
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** Keys that act as the person who made them. */
export function OwnKeys({ keys, create, revoke, disabledReason }: { keys: readonly OwnKey[]; create: FormAction; revoke: FormAction; disabledReason: string | undefined }) {
  const [made, send] = useActionState(create, { status: "idle" });
  return (
    <>
      {keys.length === 0 ? <EmptyState kind="nothing_yet" title="You have no key of your own.">With one, a script or a terminal may do what you may do, and nothing more.</EmptyState> : (
        <Rows label="Your keys">
          {keys.map((key) => (
            <OwnKeyRow key={key.id} apiKey={key} revoke={revoke} />
          ))}
        </Rows>
      )}
      <form action={send} className="card-body grid gap-3 border-t border-line">
        <FormResult state={made} />
        <div className="filters">
          <TextField label="Name of a new key" name="name" fieldClassName="field-search" placeholder="laptop" required error={made.status === "failed" ? made.fields?.["name"] : undefined} />
          <SubmitButton className="min-h-9" disabledReason={disabledReason}>Make a key</SubmitButton>
        </div>
      </form>
    </>
  );
}

function OwnKeyRow({ apiKey, revoke }: { apiKey: OwnKey; revoke: FormAction }) {
  const [state, send] = useActionState(revoke, { status: "idle" });
  return (
    <li className="row">
      <div className="min-w-0">
        <div className="row-title">{apiKey.name}</div>
        <div className="row-detail">
          <Mono>{apiKey.hint}</Mono>, made <Time at={apiKey.createdAt} />, {apiKey.lastUsedAt === null ? "never used" : <>last used <Time at={apiKey.lastUsedAt} /></>}
        </div>
        {state.status === "failed" && <FormResult state={state} />}
      </div>
      <div className="row-aside">
        {apiKey.revokedAt !== null ? <StatusMark kind="expired">Revoked</StatusMark> : (
          <form action={send}>
            <input type="hidden" name="keyId" value={apiKey.id} />
            <SubmitButton size="sm">Revoke</SubmitButton>
          </form>
        )}
      </div>
    </li>
  );
}
