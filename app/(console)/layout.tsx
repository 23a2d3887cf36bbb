import type { ReactNode } from "react";
import { LiveProvider } from "@/components/layout/live-provider.tsx";
import { QueryProvider } from "@/components/layout/query-provider.tsx";
import { ReadOnly } from "@/components/layout/read-only.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { readOnlyReason } from "@/lib/domain/read-only.ts";
import { OWNER_ROLES, ROLE_NAMES, type PersonActor } from "@/lib/domain/roles.ts";
import { env } from "@/lib/env.ts";
import { readShell } from "@/lib/queries/shell.ts";
import { signOutAction } from "../(auth)/sign-out/actions.ts";
import { LiveShell } from "./live-shell.tsx";

export const dynamic = "force-dynamic";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const actor = await requireSignedIn();
  const now = new Date();
  const { onCall, ...counts } = await readShell(actor, now);
  const readOnly = readOnlyReason(actor);
  // Whoever may do nothing at all is told who could change that.
  const { roles } = readOnly === null ? {} : await permits(actor, null, { roles: "people:manage" }, now);
  const signOut = (
    <form action={signOutAction}>
      <button type="submit" className="btn btn-quiet btn-sm">
        Sign out
      </button>
    </form>
  );
  return (
    <QueryProvider>
      <LiveProvider madeAt={now.getTime()}>
        <LiveShell person={{ name: actor.name, roles: rolesInWords(actor) }} environment={env().environmentName} counts={{ ...counts, onCall: may(actor, "agent:read").ok ? onCall : undefined }} readAt={now.getTime()} readOnly={readOnly !== null && <ReadOnly reason={roles?.ok === false ? `${readOnly} ${roles.reason}` : readOnly} />} signOut={signOut}>
          {children}
        </LiveShell>
      </LiveProvider>
    </QueryProvider>
  );
}

/** "Operator, on-call", and the owner roles held for any agent. */
function rolesInWords(actor: PersonActor): string {
  const held = new Set(Object.values(actor.owns).flat());
  const names = [...actor.roles, ...OWNER_ROLES.filter((role) => held.has(role))].map((role) => ROLE_NAMES[role]);
  return names.length === 0 ? "No role yet" : names.map((name, index) => (index === 0 ? name : name.charAt(0).toLowerCase() + name.slice(1))).join(", ");
}
