import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { AUTHORITY_LEVELS, type AuthorityLevel, type ControlTier } from "@/lib/domain/authority-level.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface TierLine {
  tier: ControlTier | null;
  agents: number;
  byLevel: Readonly<Record<AuthorityLevel, number>>;
  unowned: number;
  incomplete: number;
}

/** What a tier allows at most, beside what its agents may do now. */
export function TierMatrix({ tiers }: { tiers: readonly TierLine[] }) {
  const columns: readonly Column<TierLine>[] = [
    { key: "tier", header: "Tier", cell: (line) => tierName(line.tier) },
    { key: "agents", header: "Agents", align: "right", priority: 2, cell: (line) => <b className="font-medium text-fg">{formatNumber(line.agents)}</b> },
    ...AUTHORITY_LEVELS.map((level): Column<TierLine> => ({ key: level, header: level, align: "right", cell: (line) => <Count value={line.byLevel[level]} /> })),
    { key: "unowned", header: "Without an owner", align: "right", cell: (line) => <Lack value={line.unowned} /> },
    { key: "incomplete", header: "Incomplete", align: "right", cell: (line) => <Lack value={line.incomplete} /> },
  ];
  return <DataTable caption="Agents by tier and present authority" columns={columns} rows={tiers} rowKey={(line) => String(line.tier)} rowHref={(line) => paths.risk({ tier: line.tier ?? "none" })} />;
}

function Count({ value }: { value: number }) {
  return value === 0 ? <span className="text-fg-3">0</span> : formatNumber(value);
}

function Lack({ value }: { value: number }) {
  return value === 0 ? <span className="text-fg-3">0</span> : <StatusMark kind="warning">{formatNumber(value)}</StatusMark>;
}
