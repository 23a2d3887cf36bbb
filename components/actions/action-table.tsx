import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import { paths } from "@/lib/paths.ts";
import { ActionStateMark } from "./state-mark.tsx";

export interface ActionListRow {
  id: string;
  agentId: string;
  /** With names from outside in backticks. */
  effect: string;
  state: string;
  isIrreversible: boolean;
  preparedAt: string;
  expiresAt: string;
  endedAt: string | null;
  approvals: number;
  approvalsNeeded: number;
  /** Made by Holdpoint, and decided by now. */
  isSeeded: boolean;
}

const columns: readonly Column<ActionListRow>[] = [
  { key: "effect", header: "Action", priority: 1, cell: (row) => <NamedText text={row.effect} /> },
  { key: "state", header: "State", priority: 2, width: "200px", cell: (row) => <ActionStateMark state={row.state} /> },
  { key: "kind", header: "Kind", isSelfEvident: true, width: "120px", cell: (row) => (row.isSeeded ? <Tag>Seeded</Tag> : row.isIrreversible ? <Tag strong>Irreversible</Tag> : <Tag>Write</Tag>) },
  { key: "agent", header: "Agent", width: "150px", cell: (row) => row.agentId },
  { key: "approvals", header: "Approved", align: "right", width: "88px", cell: (row) => (row.state === "held" ? `${row.approvals} of ${row.approvalsNeeded}` : "") },
  { key: "asked", header: "Asked", align: "right", width: "104px", cell: (row) => <Time at={row.preparedAt} /> },
  {
    key: "ends", header: "Ends, ended", align: "right", width: "104px",
    cell: (row) => (row.state === "held" ? <Time at={row.expiresAt} /> : row.endedAt === null ? "" : <Time at={row.endedAt} />),
  },
];

export function ActionTable({ rows, empty }: { rows: readonly ActionListRow[]; empty: ReactNode }) {
  return <DataTable caption="Actions" columns={columns} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.action(row.id)} empty={empty} />;
}
