import type { Metadata } from "next";
import { CodeToCopy } from "@/components/settings/code-to-copy.tsx";
import { KeyEntry, type ListedKey } from "@/components/settings/key-entry.tsx";
import { KeyForm } from "@/components/settings/key-form.tsx";
import { NoSettingsAccess } from "@/components/settings/no-settings-access.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { connectSnippet } from "@/lib/domain/connect-snippet.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { env } from "@/lib/env.ts";
import { paths } from "@/lib/paths.ts";
import { listApiKeys } from "@/lib/queries/api-keys.ts";
import { createKeyAction, revokeKeyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage({ searchParams }: { searchParams: Promise<{ agent?: string | string[] }> }) {
  const actor = await requireSignedIn(paths.settingsKeys());
  const mayRead = may(actor, "settings:read");
  if (!mayRead.ok) return <NoSettingsAccess title="Keys" reason={mayRead.reason} />;
  const { agent } = await searchParams;
  const agentId = Array.isArray(agent) ? agent[0] : agent;
  const { publicUrl } = env();
  const everywhere = may(actor, "key:manage");
  const own = Object.keys(actor.owns).filter((each) => may(actor, "key:manage", each).ok).toSorted();
  const keys = (await listApiKeys()).map(toListed);
  const active = keys.filter((key) => key.revokedAt === null);
  const revoked = keys.filter((key) => key.revokedAt !== null);
  return (
    <>
      <PageHead title="Keys" lead="With a key an agent sends its traces, and a pipeline registers versions. The secret is shown once and kept only as a hash." />
      <div className="cols">
        <div className="stack">
          <Card title="Keys in use" meta={active.length}>
            {active.length === 0 ? <EmptyState kind="nothing_yet" title="There is no key yet.">Make one, and an agent connects with five environment variables.</EmptyState> : <KeyRows label="Keys in use" keys={active} actor={actor} />}
            {revoked.length > 0 && (
              <details className="border-t border-line">
                <summary className="px-4 py-2.5 text-dense text-fg-2">Revoked ({revoked.length})</summary>
                <KeyRows label="Revoked keys" keys={revoked} actor={actor} />
              </details>
            )}
          </Card>
          <Card title="Connect an agent">
            <CardBody className="grid gap-3">
              <p className="dense max-w-[68ch] text-fg-2">Every OpenTelemetry SDK reads these variables. The service name is the agent’s handle; the version is what its runs are labelled with.</p>
              <CodeToCopy text={connectSnippet({ publicUrl, secret: null, agentId: agentId ?? null })} label="Copy the variables" />
            </CardBody>
          </Card>
        </div>
        <Card title="Make a key">
          <CardBody>
            <KeyForm
              action={createKeyAction} publicUrl={publicUrl} agents={everywhere.ok ? null : own} agentId={agentId}
              disabledReason={everywhere.ok || own.length > 0 ? undefined : everywhere.reason}
            />
          </CardBody>
        </Card>
      </div>
    </>
  );
}

function KeyRows({ label, keys, actor }: { label: string; keys: readonly ListedKey[]; actor: PersonActor }) {
  return (
    <Rows label={label}>
      {keys.map((key) => {
        const agentId = key.personName === null && key.agentIds.length === 1 && key.agentIds[0] !== "*" ? (key.agentIds[0] ?? null) : null;
        const answer = may(actor, "key:manage", agentId);
        return <KeyEntry key={key.id} apiKey={key} revoke={revokeKeyAction} disabledReason={answer.ok ? undefined : answer.reason} />;
      })}
    </Rows>
  );
}

function toListed({ person, createdAt, lastUsedAt, revokedAt, ...key }: Awaited<ReturnType<typeof listApiKeys>>[number]): ListedKey {
  return { ...key, personName: person?.name ?? null, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null };
}
