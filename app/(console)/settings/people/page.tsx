import type { Metadata } from "next";
import { NewPersonForm } from "@/components/settings/new-person-form.tsx";
import { NoSettingsAccess } from "@/components/settings/no-settings-access.tsx";
import { PersonEntry, type ListedPerson } from "@/components/settings/person-entry.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password.ts";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { env } from "@/lib/env.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listPeople, type PersonRow } from "@/lib/queries/people.ts";
import { createPersonAction, resetPasswordAction, setDisabledAction, setRolesAction, signOutEverywhereAction } from "./actions.ts";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.settingsPeople());
  const { mayRead, mayManage } = await permits(actor, null, { mayRead: "settings:read", mayManage: "people:manage" });
  if (!mayRead.ok) return <NoSettingsAccess title="People" reason={mayRead.reason} />;
  const disabledReason = mayManage.ok ? undefined : mayManage.reason;
  const search = await searchParams;
  const [text, after] = [addressText(search.q), addressText(search.after)];
  const query = { q: text ?? undefined };
  const { rows, next, canSignIn } = await listPeople(text, after);
  const { oidc } = env();
  return (
    <>
      <PageHead title="People" lead={oidc ? `Whoever comes through ${oidc.name} for the first time arrives as a viewer.` : "Local accounts. Single sign-on is off."} />
      <div className="cols">
        <div className="stack">
          <FilterBar action={paths.settingsPeople()} search={{ name: "q", label: "Name or e-mail address", value: query.q }} clearHref={text === null ? undefined : paths.settingsPeople()} />
          <Card title="Who can sign in" meta={formatNumber(canSignIn)}>
            {rows.length === 0 ? <EmptyState kind="no_match" clearHref={paths.settingsPeople()} /> : (
              <Rows label="People">
                {rows.map((person) => (
                  <PersonEntry
                    key={person.id} person={toListed(person)} isYou={person.id === actor.id} isOpen={person.id === text} disabledReason={disabledReason}
                    actions={{ setRoles: setRolesAction, setDisabled: setDisabledAction, signOut: signOutEverywhereAction, resetPassword: resetPasswordAction }}
                  />
                ))}
              </Rows>
            )}
            <Pagination newerHref={after === null ? undefined : paths.settingsPeople(query)} newerLabel="First page" olderHref={next === null ? undefined : paths.settingsPeople({ ...query, after: next })} olderLabel="More" />
          </Card>
        </div>
        <Card title="Add a person">
          <CardBody>
            <NewPersonForm action={createPersonAction} minPasswordLength={MIN_PASSWORD_LENGTH} disabledReason={disabledReason} />
          </CardBody>
        </Card>
      </div>
    </>
  );
}

function toListed(person: PersonRow): ListedPerson {
  const ways = [...(person.hasPassword ? ["a password"] : []), ...(person.hasSingleSignOn ? ["single sign-on"] : [])];
  return {
    id: person.id, name: person.name, email: person.email, houseRoles: person.houseRoles, owned: person.owned.map(({ agentId, role }) => ({ agentId, role })),
    signsInWith: ways.length === 0 ? "nothing yet" : ways.join(" or "), isDisabled: person.disabledAt !== null, lastSignInAt: person.lastSignInAt?.toISOString() ?? null,
  };
}
