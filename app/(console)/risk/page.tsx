import type { Metadata } from "next";
import { RiskTable } from "@/components/risk/risk-table.tsx";
import { TierMatrix } from "@/components/risk/tier-matrix.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { CONTROL_TIERS } from "@/lib/domain/authority-level.ts";
import { may } from "@/lib/domain/permissions.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { countByTier, listRisk, readRiskCursor, RISK_NEEDS, type RiskFilter, type RiskNeed, type TierCount } from "@/lib/queries/risk.ts";

export const metadata: Metadata = { title: "Risk" };

const oneOf = <Value extends string>(values: readonly Value[], value: string | string[] | undefined): Value | undefined => values.find((each) => each === value);

const NEEDS: Record<RiskNeed, string> = { unowned: "An owner", no_tier: "A tier", incomplete: "A complete card" };

export default async function RiskPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.risk());
  const read = may(actor, "agent:read");
  if (!read.ok) return <><PageHead title="Risk" /><Card><EmptyState kind="unknown" title="You may not see agents.">{read.reason}</EmptyState></Card></>;
  const search = await searchParams;
  const filter: RiskFilter = { q: addressText(search.q) ?? undefined, team: addressText(search.team) ?? undefined, tier: oneOf(["0", "1", "2", "none"], search.tier), needs: oneOf(RISK_NEEDS, search.needs) };
  const now = new Date();
  const [{ tiers, teams }, { rows, next }] = await Promise.all([countByTier(), listRisk(filter, readRiskCursor(addressText(search.after) ?? undefined))]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <PageHead title="Risk" lead={leadOf(tiers)} />
      <div className="stack">
        <Stale readAtMs={now.getTime()}><Card title="Tiers" meta="what each allows, and what its agents may do now"><TierMatrix tiers={tiers} /></Card></Stale>
        <FilterBar
          action={paths.risk()}
          search={{ name: "q", label: "Agent or team", value: filter.q }}
          filters={[
            { name: "tier", label: "Tier", value: filter.tier, options: [{ value: "", label: "All tiers" }, ...CONTROL_TIERS.map((tier) => ({ value: String(tier), label: tierName(tier) })), { value: "none", label: "No tier set" }] },
            { name: "needs", label: "Needs", value: filter.needs, options: [{ value: "", label: "Anything or nothing" }, ...RISK_NEEDS.map((need) => ({ value: need, label: NEEDS[need] }))] },
            { name: "team", label: "Team", value: filter.team, options: [{ value: "", label: "All teams" }, ...teams.map((team) => ({ value: team, label: team }))] },
          ]}
          clearHref={isFiltered ? paths.risk() : undefined}
        />
        <ReadAgain list="risk" readAtMs={now.getTime()}>
          <Card title="Who answers" meta="those that need a person first">
            <RiskTable rows={rows} now={now} empty={isFiltered ? <EmptyState kind="no_match" clearHref={paths.risk()} /> : <EmptyState kind="nothing_yet" title="No agent is known yet." />} />
            <Pagination
              newerHref={search.after === undefined ? undefined : paths.risk({ ...filter })} newerLabel="First page"
              olderHref={next === null ? undefined : paths.risk({ ...filter, after: next })} olderLabel="Next"
            />
          </Card>
        </ReadAgain>
      </div>
    </>
  );
}

function leadOf(tiers: readonly TierCount[]): string {
  const sum = (read: (tier: TierCount) => number) => tiers.reduce((total, tier) => total + read(tier), 0);
  const [agents, unowned, incomplete] = [sum((tier) => tier.agents), sum((tier) => tier.unowned), sum((tier) => tier.incomplete)];
  if (unowned === 0 && incomplete === 0) return `${formatCount(agents, "agent")}, each with three named owners and a complete card.`;
  return `${formatCount(agents, "agent")}: ${unowned} without a named owner in some role, ${incomplete} with an incomplete card. None of these goes above shadow.`;
}
