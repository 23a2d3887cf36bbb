import type { Metadata } from "next";
import { AgentTable } from "@/components/agents/agent-table.tsx";
import { FirstRunChecklist } from "@/components/agents/first-run-checklist.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { AGENT_STATE_NAMES, AGENT_STATES } from "@/lib/domain/agent-state.ts";
import { AUTHORITY_LEVELS, CONTROL_TIERS } from "@/lib/domain/authority-level.ts";
import { may } from "@/lib/domain/permissions.ts";
import { countReady, type ReadinessStep } from "@/lib/domain/readiness.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { env } from "@/lib/env.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listReadiness } from "@/lib/queries/agent-readiness.ts";
import { getFleetSummary, listAgents, type AgentFilter, type FleetSummary } from "@/lib/queries/agents.ts";

export const metadata: Metadata = { title: "Agents" };

const oneOf = <Value extends string>(values: readonly Value[], value: string | string[] | undefined): Value | undefined => values.find((each) => each === value);

function readFilter(search: AddressValues): AgentFilter {
  return {
    q: addressText(search.q) ?? undefined, team: addressText(search.team) ?? undefined, status: oneOf(AGENT_STATES, search.status), level: oneOf(AUTHORITY_LEVELS, search.level),
    tier: oneOf(["0", "1", "2", "none"], search.tier),
  };
}

export default async function AgentsPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.agents());
  const read = may(actor, "agent:read");
  if (!read.ok) return <><PageHead title="Agents" /><Card><EmptyState kind="unknown" title="You may not see agents.">{read.reason}</EmptyState></Card></>;
  const search = await searchParams;
  const now = new Date();
  const filter = readFilter(search);
  const [summary, page] = await Promise.all([getFleetSummary(now), listAgents(filter, { after: addressText(search.after) ?? undefined, before: addressText(search.before) ?? undefined }, now)]);
  const { create } = await permits(actor, null, { create: "agent:create" }, now);
  const newAgent = <LinkButton variant="primary" href={paths.newAgent()} disabledReason={create.ok ? undefined : create.reason}>New agent</LinkButton>;
  if (summary.total === 0) {
    return (
      <>
        <PageHead title="Agents" lead="No agent is known yet." />
        <FirstRunChecklist publicUrl={env().publicUrl} create={create} />
      </>
    );
  }
  const readiness = await listReadiness(page.rows.map((row) => row.id), now);
  const rows = page.rows.map((row) => ({ ...row, ready: readyOf(readiness.get(row.id) ?? []) }));
  const query = { ...filter };
  const first = page.rows[0]?.id;
  const last = page.rows.at(-1)?.id;
  return (
    <>
      <PageHead title="Agents" lead={leadOf(summary)} actions={newAgent} />
      <div className="stack">
        <FilterBar
          action={paths.agents()}
          search={{ name: "q", label: "Agent, team or purpose", value: filter.q }}
          filters={[
            { name: "team", label: "Team", value: filter.team, options: [{ value: "", label: "All teams" }, ...summary.teams.map((team) => ({ value: team, label: team }))] },
            { name: "tier", label: "Tier", value: filter.tier, options: [{ value: "", label: "All tiers" }, ...CONTROL_TIERS.map((tier) => ({ value: String(tier), label: tierName(tier) })), { value: "none", label: "No tier set" }] },
            { name: "level", label: "Authority", value: filter.level, options: [{ value: "", label: "All levels" }, ...AUTHORITY_LEVELS.map((level) => ({ value: level, label: level }))] },
          ]}
          keep={{ status: filter.status }}
          clearHref={Object.values(filter).some((value) => value !== undefined) ? paths.agents() : undefined}
        />
        <ReadAgain list="agents" readAtMs={now.getTime()} saysStops>
          <Card>
            <Tabs
              label="Agents by state"
              tabs={[
                { href: paths.agents({ ...query, status: undefined }), label: "All", count: summary.total, isCurrent: filter.status === undefined },
                ...AGENT_STATES.map((state) => ({ href: paths.agents({ ...query, status: state }), label: AGENT_STATE_NAMES[state], count: summary.byState[state], isCurrent: filter.status === state })),
              ]}
            />
            <AgentTable rows={rows} now={now} empty={<EmptyState kind="no_match" clearHref={paths.agents()}>No agent matches all of these filters.</EmptyState>} />
            <Pagination
              newerLabel="Previous" olderLabel="Next"
              newerHref={page.hasPrevious && first !== undefined ? paths.agents({ ...query, before: first }) : undefined}
              olderHref={page.hasNext && last !== undefined ? paths.agents({ ...query, after: last }) : undefined}
            />
          </Card>
        </ReadAgain>
      </div>
    </>
  );
}

const readyOf = (steps: readonly ReadinessStep[]) => (countReady(steps) === steps.length ? null : { done: countReady(steps), of: steps.length });

/** Only what a person should look at is counted. */
function leadOf({ total, byState }: FleetSummary): string {
  const notes = [
    byState.stopped > 0 ? `${byState.stopped} that may do nothing` : "",
    byState.finding > 0 ? `${byState.finding} with an unreviewed change` : "",
    byState.not_reporting > 0 ? `${byState.not_reporting} not reporting` : "",
    byState.incomplete > 0 ? `${byState.incomplete} with an incomplete card` : "",
    byState.capped > 0 ? `${byState.capped} capped by a change or an override` : "",
  ].filter((note) => note !== "");
  return `${formatCount(total, "agent")}${notes.length === 0 ? ", all of them where their stage and tier put them." : `: ${notes.join(", ")}.`}`;
}
