import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import { kindWord } from "@/lib/domain/change-words.ts";
import { paths } from "@/lib/paths.ts";
import type { ReactNode } from "react";
import { ClassMark, StateMark } from "./class-chip.tsx";

export interface ChangeListRow {
  id: string;
  kind: string;
  agentId: string | null;
  title: string;
  class: string;
  state: string;
  authorName: string;
  isRetroactive: boolean;
  proposedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  met: number;
  obligations: number;
  needsSpotCheck: boolean;
  waitsForYou: boolean;
}

const columns: readonly Column<ChangeListRow>[] = [
  { key: "title", header: "Change", priority: 1, cell: (row) => row.title },
  { key: "state", header: "State", priority: 2, width: "160px", cell: (row) => <StateMark state={row.state} /> },
  { key: "class", header: "Class", isSelfEvident: true, width: "110px", cell: (row) => <ClassMark changeClass={row.class} /> },
  {
    key: "kind", header: "Kind", isSelfEvident: true, width: "136px",
    cell: (row) => (
      <span className="inline-flex flex-wrap gap-1">
        {row.waitsForYou && <Tag strong>Waits for you</Tag>}
        <Tag>{kindWord(row.kind)}</Tag>
        {row.isRetroactive && <Tag strong>Afterwards</Tag>}
        {row.needsSpotCheck && <Tag strong>Spot check due</Tag>}
      </span>
    ),
  },
  { key: "author", header: "Author", width: "140px", cell: (row) => row.authorName },
  { key: "met", header: "Met", align: "right", width: "72px", cell: (row) => (row.obligations === 0 ? "none asked" : `${row.met} of ${row.obligations}`) },
  { key: "age", header: "Proposed", align: "right", width: "104px", cell: (row) => <Time at={row.proposedAt} /> },
  {
    key: "ends", header: "Ends, ended", align: "right", width: "104px",
    cell: (row) => (row.state === "open" ? <Time at={row.expiresAt} /> : row.decidedAt === null ? "" : <Time at={row.decidedAt} />),
  },
];

export function ChangeTable({ caption = "Changes", rows, empty }: { caption?: string; rows: readonly ChangeListRow[]; empty?: ReactNode }) {
  return <DataTable caption={caption} columns={columns} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.change(row.id)} empty={empty} />;
}
