import type { Metadata } from "next";
import { OnCallForm } from "@/components/settings/on-call-form.tsx";
import { SeedingForm } from "@/components/settings/seeding-form.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { env } from "@/lib/env.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { SEEDING } from "@/lib/domain/seeding.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { findLastOnCallId, findOnCall, listOnCallChoices } from "@/lib/queries/on-call.ts";
import { getSeeding } from "@/lib/queries/seeding.ts";
import { handOverOnCallAction, setSeedingAction } from "./actions.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const actor = await requireSignedIn(paths.settings());
  const { set } = await permits(actor, null, { set: "seeding:set" });
  const { oneIn } = await getSeeding();
  const { environmentName, publicUrl, oidc } = env();
  return (
    <>
      <PageHead title="Settings" facts={[<span key="environment">Environment <b>{environmentName}</b></span>, <span key="address">Address <b>{publicUrl}</b></span>, <span key="sso">Single sign-on <b>{oidc?.name ?? "off"}</b></span>]} />
      <div className="stack">
        <Card>
          <Rows label="Settings">
            <Row title="Me" href={paths.settingsMe()} detail="Who you are here, what you may do and by which role, and your own API keys." aside={actor.name} />
            <Row title="Keyboard" href={paths.settingsKeyboard()} detail="Which keys are commands on this device, and whether single letters are." />
            <Row title="People" href={paths.settingsPeople()} detail="Who can sign in, and the roles they hold for the whole house." />
            <Row title="Keys" href={paths.settingsKeys()} detail="API keys of agents and pipelines, and how an agent connects." />
            <Row title="Prices" href={paths.settingsPrices()} detail="What models cost, with history. A model without a price has an unknown cost, never 0." />
            <Row title="Re-review policy" href={paths.settingsReviewPolicy()} detail="Which changes are harmless, material or critical, and what each has to pass." />
          </Rows>
        </Card>
        {may(actor, "agent:read").ok && <OnCallCard actor={actor} />}
        <SeedingCard oneIn={oneIn} cannot={set.ok ? undefined : set.reason} />
      </div>
    </>
  );
}

/** One person for the whole house; an agent's own rotation stands on its card. */
async function OnCallCard({ actor }: { actor: PersonActor }) {
  const { hand } = await permits(actor, null, { hand: "on_call:hand_over" });
  const [onCall, fromId, choices] = await Promise.all([findOnCall(new Date()), findLastOnCallId(), hand.ok ? listOnCallChoices() : []]);
  return (
    <Card id="on-call" title="On call" actions={may(actor, "log:read").ok ? <Link className="link dense inline-flex min-h-6 items-center" href={paths.log({ subject: "on_call" })}>Every handover</Link> : undefined}>
      <CardBody className="grid gap-4">
        {onCall === null
          ? <p><StatusMark kind="warning">Nobody is on call</StatusMark></p>
          : <p className="wrap-anywhere"><b className="font-medium">{onCall.name}</b>, <a className="link" href={`mailto:${onCall.email}`}>{onCall.email}</a>, since <Time at={onCall.since} show="both" />.</p>}
        {hand.ok ? <OnCallForm choices={choices} fromId={fromId} currentId={onCall?.id ?? ""} action={handOverOnCallAction} /> : <p className="dense text-pretty text-fg-2">{hand.reason}</p>}
      </CardBody>
    </Card>
  );
}

function SeedingCard({ oneIn, cannot }: { oneIn: number | null; cannot: string | undefined }) {
  return (
    <Card title="Seeded requests" meta={oneIn === null ? "off" : `about one in ${formatNumber(oneIn)}`}>
      <CardBody className="grid gap-4">
        <div className="dense grid max-w-[76ch] gap-2 text-pretty text-fg-2">
          <p>Now and then Holdpoint makes a request of its own that ought to be refused, to see whether people still read what they approve: an amount far beyond what the agent ever asked for, a call that was carried out already, or one for another record than its reason names.</p>
          <p>It looks like any other request until it is decided. Then its page says at once what it was and what gave it away. It is never carried out, the agent never hears of it, and it counts in no figure of the agent. The log promises each one beforehand, under a salt that it tells when the request is over.</p>
        </div>
        <SeedingForm oneIn={oneIn} least={SEEDING.leastOneIn} most={SEEDING.mostOneIn} action={setSeedingAction} disabledReason={cannot} />
      </CardBody>
    </Card>
  );
}
