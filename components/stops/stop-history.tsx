import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Time } from "@/components/ui/time.tsx";

export interface ReleasedStop {
  id: string;
  name: string;
  reason: string | null;
  engagedBy: string;
  engagedAt: Date;
  release: { askedBy: string; reason: string } | null;
  releasedBy: string | null;
  releasedAt: Date | null;
}

const columns: readonly Column<ReleasedStop>[] = [
  { key: "name", header: "What", priority: 1, cell: (stop) => stop.name },
  { key: "engaged", header: "Engaged", width: "150px", cell: (stop) => <Time at={stop.engagedAt} show="moment" /> },
  { key: "by", header: "By", cell: (stop) => <>{stop.engagedBy}{stop.reason !== null && <span className="text-fg-3">: {stop.reason}</span>}</> },
  { key: "released", header: "Released", width: "150px", cell: (stop) => (stop.releasedAt === null ? "" : <Time at={stop.releasedAt} show="moment" />) },
  { key: "who", header: "Asked and released by", cell: (stop) => `${stop.release?.askedBy ?? "somebody"}, ${stop.releasedBy ?? "somebody"}` },
  { key: "why", header: "Why", cell: (stop) => stop.release?.reason ?? "" },
];

export function StopHistory({ stops, empty }: { stops: readonly ReleasedStop[]; empty: ReactNode }) {
  return <DataTable caption="Released stops" columns={columns} rows={stops} rowKey={(stop) => stop.id} empty={empty} />;
}
