import type { Metadata } from "next";
import { RowHeightSwitch } from "@/components/layout/row-height-switch.tsx";
import { KeysSwitch } from "@/components/settings/keys-switch.tsx";
import { OwnKeys } from "@/components/settings/own-keys.tsx";
import { PasswordForm } from "@/components/settings/password-form.tsx";
import { PermissionList } from "@/components/settings/permission-list.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password.ts";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { effectivePermissions } from "@/lib/domain/effective-permissions.ts";
import { may } from "@/lib/domain/permissions.ts";
import { ROLE_NAMES } from "@/lib/domain/roles.ts";
import { paths } from "@/lib/paths.ts";
import { listOwnKeys } from "@/lib/queries/own-keys.ts";
import { hasPassword, hasTemporaryPassword } from "@/lib/queries/people.ts";
import { changeOwnPasswordAction, createOwnKeyAction, revokeOwnKeyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Me" };

const MOST_AGENTS = 100;

export default async function MePage() {
  const actor = await requireSignedIn(paths.settingsMe());
  const permissions = effectivePermissions(actor);
  const [keys, hasOne, isTemporary] = await Promise.all([listOwnKeys(actor.id), hasPassword(actor.id), hasTemporaryPassword(actor.id)]);
  const owned = Object.entries(actor.owns);
  const mayMakeKey = may(actor, "agent:read");
  return (
    <>
      <PageHead title={actor.name} marks={actor.roles.map((role) => <Tag key={role}>{ROLE_NAMES[role]}</Tag>)} lead={actor.roles.length === 0 && owned.length === 0 ? "You hold no role yet. An administrator gives them." : undefined} />
      <div className="cols">
        <Card title="What you may do" meta="and by which role">
          <PermissionList permissions={permissions} reasons={Object.fromEntries(permissions.map(({ permission }) => [permission, reasonOf(may(actor, permission))]))} />
        </Card>
        <div className="stack">
          {hasOne && (
            <Card title="Password" id="password">
              <CardBody>
                <PasswordForm action={changeOwnPasswordAction} minLength={MIN_PASSWORD_LENGTH} isTemporary={isTemporary} disabledReason={mayMakeKey.ok ? undefined : mayMakeKey.reason} />
              </CardBody>
            </Card>
          )}
          <Card title="Agents you answer for" meta={owned.length === 0 ? undefined : owned.length}>
            {owned.length === 0 ? <EmptyState kind="nothing_yet" title="You own no agent.">Owners are named on an agent’s card.</EmptyState> : (
              <Rows label="Agents you answer for">
                {owned.slice(0, MOST_AGENTS).map(([agentId, roles]) => (
                  <Row key={agentId} title={agentId} href={paths.agent(agentId)} detail={roles.map((role) => ROLE_NAMES[role]).join(", ")} />
                ))}
              </Rows>
            )}
          </Card>
          <Card title="Keyboard" actions={<Link className="link" href={paths.settingsKeyboard()}>Choose other keys</Link>}><CardBody><KeysSwitch /></CardBody></Card>
          <Card title="Rows" className="max-sm:hidden" actions={<RowHeightSwitch />}><CardBody><p className="dense text-pretty text-fg-2">How high the rows of tables and of the inbox are, on this device. The same switch stands beside them.</p></CardBody></Card>
          <Card title="Your own API keys">
            <OwnKeys keys={keys} create={createOwnKeyAction} revoke={revokeOwnKeyAction} disabledReason={mayMakeKey.ok ? undefined : mayMakeKey.reason} />
          </Card>
        </div>
      </div>
    </>
  );
}

const reasonOf = (answer: ReturnType<typeof may>): string => (answer.ok ? "" : answer.reason);
