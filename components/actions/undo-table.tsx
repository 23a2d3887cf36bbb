import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { paths } from "@/lib/paths.ts";
import { scopeWords, undoWord } from "./undo-words.ts";

export interface UndoListRow {
  id: string;
  agentId: string;
  scope: string;
  reason: string;
  state: string;
  startedByName: string;
  startedAt: string;
  steps: number;
}

const columns: readonly Column<UndoListRow>[] = [
  { key: "what", header: "Reversal", priority: 1, cell: (row) => <>{scopeWords(row.scope)} of {row.agentId}</> },
  { key: "state", header: "State", priority: 2, width: "220px", cell: (row) => <StatusMark kind={undoWord(row.state).mark}>{undoWord(row.state).word}</StatusMark> },
  { key: "reason", header: "Reason", cell: (row) => <UntrustedText text={row.reason} maxLength={160} /> },
  { key: "steps", header: "Steps", align: "right", width: "72px", cell: (row) => row.steps },
  { key: "by", header: "Asked by", width: "150px", cell: (row) => row.startedByName },
  { key: "at", header: "Asked", align: "right", width: "104px", cell: (row) => <Time at={row.startedAt} /> },
];

export function UndoTable({ rows, empty }: { rows: readonly UndoListRow[]; empty: ReactNode }) {
  return <DataTable caption="Reversals" columns={columns} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.undo(row.id)} empty={empty} />;
}
