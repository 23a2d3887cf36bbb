import type { Metadata } from "next";
import { CodeToCopy } from "@/components/settings/code-to-copy.tsx";
import { KeyEntry, type ListedKey } from "@/components/settings/key-entry.tsx";
import { KeyForm } from "@/components/settings/key-form.tsx";
import { NoSettingsAccess } from "@/components/settings/no-settings-access.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { connectSnippet } from "@/lib/domain/connect-snippet.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { env } from "@/lib/env.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listApiKeys } from "@/lib/queries/api-keys.ts";
import { createKeyAction, revokeKeyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.settingsKeys());
  const { mayRead, everywhere } = await permits(actor, null, { mayRead: "settings:read", everywhere: "key:manage" });
  if (!mayRead.ok) return <NoSettingsAccess title="Keys" reason={mayRead.reason} />;
  const search = await searchParams;
  const agentId = addressText(search.agent) ?? undefined;
  const [text, after] = [addressText(search.q), addressText(search.after)];
  const isAskedRevoked = search.state === "revoked";
  const query = { q: text ?? undefined, state: isAskedRevoked ? "revoked" : undefined, agent: agentId };
  const { publicUrl } = env();
  const own = Object.keys(actor.owns).filter((each) => may(actor, "key:manage", each).ok).toSorted();
  const { rows, next, inUse, revoked } = await listApiKeys({ isRevoked: isAskedRevoked, text }, after);
  // A key that was asked for by its id is here whatever has become of it.
  const named = rows.find((key) => key.id === text);
  const isRevoked = named ? named.revokedAt !== null : isAskedRevoked;
  const label = isRevoked ? "Revoked keys" : "Keys in use";
  return (
    <>
      <PageHead title="Keys" lead="With a key an agent sends its traces, and a pipeline registers versions. The secret is shown once and kept only as a hash." />
      <div className="cols">
        <div className="stack">
          <FilterBar
            action={paths.settingsKeys()} search={{ name: "q", label: "Name or agent", value: query.q }} keep={{ agent: agentId }}
            filters={[{ name: "state", label: "State", value: query.state, options: [{ value: "", label: `In use (${formatNumber(inUse)})` }, { value: "revoked", label: `Revoked (${formatNumber(revoked)})` }] }]}
            clearHref={text === null && !isAskedRevoked ? undefined : paths.settingsKeys({ agent: agentId })}
          />
          <Card title={label} meta={formatNumber(isRevoked ? revoked : inUse)}>
            {rows.length === 0 ? <NoKeys isFiltered={text !== null || isRevoked} /> : <KeyRows label={label} keys={rows.map(toListed)} actor={actor} refusal={everywhere.ok ? undefined : everywhere.reason} />}
            <Pagination newerHref={after === null ? undefined : paths.settingsKeys(query)} newerLabel="First page" olderHref={next === null ? undefined : paths.settingsKeys({ ...query, after: next })} olderLabel="More" />
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

function NoKeys({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <EmptyState kind="no_match" clearHref={paths.settingsKeys()} />;
  return <EmptyState kind="nothing_yet" title="There is no key in use.">Make one, and an agent connects with five environment variables.</EmptyState>;
}

/** `refusal`: why this person may not revoke a key that is not of an agent of theirs. */
function KeyRows({ label, keys, actor, refusal }: { label: string; keys: readonly ListedKey[]; actor: PersonActor; refusal: string | undefined }) {
  return (
    <Rows label={label}>
      {keys.map((key) => {
        const agentId = key.personName === null && key.agentIds.length === 1 && key.agentIds[0] !== "*" ? (key.agentIds[0] ?? null) : null;
        return <KeyEntry key={key.id} apiKey={key} revoke={revokeKeyAction} disabledReason={may(actor, "key:manage", agentId).ok ? undefined : refusal} />;
      })}
    </Rows>
  );
}

function toListed({ person, createdAt, lastUsedAt, revokedAt, ...key }: Awaited<ReturnType<typeof listApiKeys>>["rows"][number]): ListedKey {
  return { ...key, personName: person?.name ?? null, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null };
}
