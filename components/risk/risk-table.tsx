import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { AuthorityLevel, ControlTier } from "@/lib/domain/authority-level.ts";
import type { OwnerRole } from "@/lib/domain/roles.ts";
import { formatMinor } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface RiskLine {
  id: string;
  team: string;
  tier: ControlTier | null;
  tierSetAt: Date | null;
  tierSetBy: string | null;
  stage: string;
  level: AuthorityLevel;
  owners: Readonly<Partial<Record<OwnerRole, string>>>;
  budget: { amountMinor: number; currency: string } | null;
  missing: readonly string[];
}

export function RiskTable({ rows, now, empty }: { rows: readonly RiskLine[]; now: Date; empty: ReactNode }) {
  const columns: readonly Column<RiskLine>[] = [
    { key: "agent", header: "Agent", cell: (row) => row.id },
    { key: "tier", header: "Tier", priority: 2, cell: (row) => <TierCell row={row} now={now} /> },
    { key: "authority", header: "Authority", cell: (row) => row.level },
    { key: "stage", header: "Stage", priority: 4, cell: (row) => row.stage },
    { key: "business", header: "Business owner", cell: (row) => <Named name={row.owners.business_owner} isUrgent /> },
    { key: "technical", header: "Technical owner", priority: 4, cell: (row) => <Named name={row.owners.technical_owner} /> },
    { key: "steward", header: "Model steward", priority: 4, cell: (row) => <Named name={row.owners.model_steward} /> },
    { key: "budget", header: "Budget", align: "right", cell: (row) => (row.budget === null ? <span className="text-fg-3">none</span> : formatMinor(row.budget.amountMinor, row.budget.currency)) },
    { key: "missing", header: "Missing", cell: (row) => <Missing names={row.missing} /> },
  ];
  return <DataTable caption="Agents, those that need a person first" columns={columns} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.tierGuide(row.id)} empty={empty} />;
}

function TierCell({ row, now }: { row: RiskLine; now: Date }) {
  if (row.tier === null) return <StatusMark kind="warning">Not set</StatusMark>;
  return (
    <>
      <span className="font-medium text-fg">Tier {row.tier}</span>
      {row.tierSetAt && <span className="meta block max-sm:hidden">{row.tierSetBy}, <Time at={row.tierSetAt} show="day" now={now} /></span>}
    </>
  );
}

/** One shape a row is enough: the business owner answers first. */
function Named({ name, isUrgent = false }: { name: string | undefined; isUrgent?: boolean }) {
  if (name !== undefined) return name;
  return isUrgent ? <StatusMark kind="warning">Nobody</StatusMark> : <span className="text-fg-3">Nobody</span>;
}

function Missing({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-fg-3">nothing</span>;
  return <>{names.slice(0, 2).join(", ")}{names.length > 2 && ` and ${names.length - 2} more`}</>;
}
