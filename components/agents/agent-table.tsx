import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import type { CSSProperties, ReactNode } from "react";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { AgentState } from "@/lib/domain/agent-state.ts";
import { CONSTRAINT_NAMES, type ConstraintSource } from "@/lib/domain/authority.ts";
import { rankOfLevel, type AuthorityLevel, type ControlTier } from "@/lib/domain/authority-level.ts";
import type { StopStanding } from "@/lib/domain/stop-words.ts";
import { formatNanoUsd, formatNumber, formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { AgentStateMark } from "./agent-state-mark.tsx";

export interface ListedAgent {
  id: string;
  team: string;
  tier: ControlTier | null;
  stage: string;
  level: AuthorityLevel;
  binding: ConstraintSource;
  state: AgentState;
  stop: StopStanding | null;
  version: { number: number; label: string | null } | null;
  openChanges: number;
  openFindings: number;
  overrides: number;
  lastSeenAt: Date | null;
  runs: number;
  successRate: number | null;
  escalationRate: number | null;
  costPerTaskNanoUsd: number | null;
  /** Of its checklist; null when it is complete. */
  ready: { done: number; of: number } | null;
}

const orDash = (value: number | null, format: (value: number) => string): ReactNode => (value === null ? NOTHING : format(value));

const NOTHING = (
  <span className="text-fg-3">
    <span aria-hidden="true">–</span>
    <span className="sr-only">no data</span>
  </span>
);

const columnsAt = (now: Date): readonly Column<ListedAgent>[] => [
  { key: "agent", header: "Agent", cell: (row) => <span className="sm:whitespace-nowrap">{row.id}</span> },
  { key: "state", header: "State", priority: 2, cell: (row) => <StateCell row={row} /> },
  { key: "authority", header: "Authority", cell: (row) => <AuthorityCell row={row} /> },
  { key: "team", header: "Team", priority: 4, cell: (row) => row.team || NOTHING },
  { key: "tier", header: "Tier", priority: 4, cell: (row) => row.tier ?? <span className="text-fg-3">not set</span> },
  { key: "stage", header: "Stage", priority: 4, cell: (row) => row.stage },
  { key: "version", header: "Version", priority: 4, cell: (row) => (row.version === null ? NOTHING : row.version.number) },
  { key: "open", header: "Open", align: "right", priority: 4, cell: (row) => row.openChanges + row.openFindings },
  { key: "runs", header: "Runs, 7 d", align: "right", cell: (row) => formatNumber(row.runs) },
  { key: "success", header: "Success", align: "right", priority: 4, cell: (row) => orDash(row.successRate, formatPercent) },
  { key: "escalated", header: "Escalated", align: "right", priority: 4, cell: (row) => orDash(row.escalationRate, formatPercent) },
  { key: "cost", header: "Cost a task", align: "right", priority: 4, cell: (row) => orDash(row.costPerTaskNanoUsd, (cost) => formatNanoUsd(Math.round(cost))) },
  { key: "seen", header: "Last seen", align: "right", cell: (row) => (row.lastSeenAt === null ? <span className="text-fg-3">never</span> : <Time at={row.lastSeenAt} now={now} />) },
];

function StateCell({ row }: { row: ListedAgent }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <AgentStateMark state={row.state} stop={row.stop} />
      {row.ready !== null && <span className="meta whitespace-nowrap">ready {row.ready.done} of {row.ready.of}</span>}
      {row.overrides > 0 && <Tag strong>override</Tag>}
    </span>
  );
}

function AuthorityCell({ row }: { row: ListedAgent }) {
  return (
    <span className="authority-cell max-sm:inline">
      <b className="font-medium text-fg">{row.level}</b>
      <span className="level-line max-sm:hidden" style={{ "--part": rankOfLevel(row.level) + 1 } as CSSProperties} aria-hidden="true" />{" "}
      <span className="meta whitespace-nowrap">by {CONSTRAINT_NAMES[row.binding].toLowerCase()}</span>
    </span>
  );
}

export function AgentTable({ rows, now, empty }: { rows: readonly ListedAgent[]; now: Date; empty: ReactNode }) {
  return (
    <div className="agent-list">
      <DataTable caption="Agents" columns={columnsAt(now)} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.agent(row.id)} empty={empty} />
    </div>
  );
}
