import type { ReactNode } from "react";
import { Stale } from "@/components/layout/stale.tsx";
import { Chip } from "@/components/ui/chip.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { AgentState } from "@/lib/domain/agent-state.ts";
import type { Authority } from "@/lib/domain/authority.ts";
import type { ControlTier } from "@/lib/domain/authority-level.ts";
import type { OwnerRole } from "@/lib/domain/roles.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import type { StopStanding } from "@/lib/domain/stop-words.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { AgentStateChip } from "./agent-state-mark.tsx";
import { AgentWatch } from "./agent-watch.tsx";
import { overridesInForce } from "./overrides-in-force.ts";

export type AgentTab = "overview" | "card" | "versions" | "metrics" | "quality" | "authority" | "readiness";

export interface HeadAgent {
  id: string;
  card: { team: string; purpose: string };
  tier: ControlTier | null;
  state: AgentState;
  stop: StopStanding | null;
  version: { number: number; label: string | null; fingerprint: string } | null;
  lastSeenAt: Date | null;
  runsInWeek: number;
  missing: readonly string[];
  authority: Authority;
  owners: readonly { role: OwnerRole; name: string; isDeputy: boolean; isInForce: boolean }[];
}

interface AgentHeadProps {
  agent: HeadAgent;
  tab: AgentTab;
  /** What is asked of it again while the page is open. */
  pulse: unknown;
  now: Date;
  actions?: ReactNode;
}

/** The same on every page about one agent: who it is, how it stands, and where else to look. It watches for the page under it, and says its age. */
export function AgentHead({ agent, tab, pulse, now, actions }: AgentHeadProps) {
  const overrides = overridesInForce(agent.authority);
  return (
    <>
      <AgentWatch address={`/api/console/agents/${encodeURIComponent(agent.id)}`} initial={pulse} />
      <Stale readAtMs={now.getTime()} saysStops>
        <PageHead
          title={agent.id}
          marks={
            <>
              <Tag>{tierName(agent.tier)}</Tag>
              <AgentStateChip state={agent.state} stop={agent.stop} />
              {overrides.length > 0 && (
                <Link href={`${paths.agentAuthority(agent.id)}#overrides`} className="inline-flex min-h-6 items-center">
                  <Chip kind="info">{overrides.length === 1 ? "Override in force" : `${overrides.length} overrides in force`}</Chip>
                </Link>
              )}
            </>
          }
          lead={agent.card.purpose || "No purpose is written on its card yet."}
          facts={[<span key="answers">Answers for it: {answering(agent)}</span>, ...factsOf(agent, now)]}
          actions={actions}
        />
      </Stale>
      <Tabs label={`Pages about ${agent.id}`} isPage tabs={tabsOf(agent, tab)} />
    </>
  );
}

/** The business owner, or the deputy in force where nobody else is. */
function answering({ owners }: HeadAgent): ReactNode {
  const inForce = owners.filter(({ role, isInForce }) => role === "business_owner" && isInForce);
  const owner = inForce.find(({ isDeputy }) => !isDeputy) ?? inForce[0];
  return owner === undefined ? <b>nobody</b> : <><b>{owner.name}</b>{owner.isDeputy && " (deputy)"}</>;
}

function factsOf({ version, card, lastSeenAt, runsInWeek }: HeadAgent, now: Date): ReactNode[] {
  return [
    version === null ? <span key="version">No approved version</span> : <span key="version">Version <b>{version.number}</b>{version.label && ` (${version.label})`}</span>,
    ...(version === null ? [] : [<Fingerprint key="fingerprint" value={version.fingerprint} />]),
    ...(card.team === "" ? [] : [<span key="team">Team <b>{card.team}</b></span>]),
    <span key="seen">Last seen <b>{lastSeenAt === null ? "never" : <Time at={lastSeenAt} now={now} />}</b></span>,
    <span key="runs">{formatCount(runsInWeek, "run")} in 7 days</span>,
  ];
}

function tabsOf(agent: HeadAgent, current: AgentTab) {
  const own: readonly { key: AgentTab; href: string; label: string; count?: number | undefined }[] = [
    { key: "overview", href: paths.agent(agent.id), label: "Overview" },
    { key: "authority", href: paths.agentAuthority(agent.id), label: "Authority" },
    { key: "card", href: paths.agentCard(agent.id), label: agent.missing.length === 0 ? "Card" : "Card, incomplete" },
    { key: "versions", href: paths.agentVersions(agent.id), label: "Versions" },
    { key: "metrics", href: paths.agentMetrics(agent.id), label: "Metrics" },
    { key: "quality", href: paths.agentQuality(agent.id), label: "Quality" },
    { key: "readiness", href: paths.agentReadiness(agent.id), label: "Readiness" },
  ];
  return [
    ...own.map(({ key, ...tab }) => ({ ...tab, isCurrent: key === current })),
    { href: paths.runs({ agent: agent.id }), label: "Runs", isCurrent: false },
    { href: paths.changes({ agent: agent.id }), label: "Changes", isCurrent: false },
  ];
}
