import type { Metadata } from "next";
import { Card } from "@/components/ui/card.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { env } from "@/lib/env.ts";
import { paths } from "@/lib/paths.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const actor = await requireSignedIn(paths.settings());
  const { environmentName, publicUrl, oidc } = env();
  return (
    <>
      <PageHead title="Settings" facts={[<span key="environment">Environment <b>{environmentName}</b></span>, <span key="address">Address <b>{publicUrl}</b></span>, <span key="sso">Single sign-on <b>{oidc?.name ?? "off"}</b></span>]} />
      <Card>
        <Rows label="Settings">
          <Row title="Me" href={paths.settingsMe()} detail="Who you are here, what you may do and by which role, and your own API keys." aside={actor.name} />
          <Row title="People" href={paths.settingsPeople()} detail="Who can sign in, and the roles they hold for the whole house." />
          <Row title="Keys" href={paths.settingsKeys()} detail="API keys of agents and pipelines, and how an agent connects." />
          <Row title="Prices" href={paths.settingsPrices()} detail="What models cost, with history. A model without a price has an unknown cost, never 0." />
          <Row title="Re-review policy" href={paths.settingsReviewPolicy()} detail="Which changes are harmless, material or critical, and what each has to pass." />
        </Rows>
      </Card>
    </>
  );
}
