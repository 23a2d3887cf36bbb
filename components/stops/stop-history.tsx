import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { seconds } from "@/lib/domain/stop-words.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ReleasedStop {
  id: string;
  name: string;
  reason: string | null;
  engagedBy: string;
  engagedAt: Date;
  provenAt: Date | null;
  notProvenAt: Date | null;
  release: { askedBy: string; reason: string; askedAt: Date } | null;
  releasedBy: string | null;
  releasedAt: Date | null;
  /** Runs that it cut, and that nobody let go on. */
  staysCut: number;
}

const columns: readonly Column<ReleasedStop>[] = [
  { key: "name", header: "What", priority: 1, cell: (stop) => stop.name },
  { key: "engaged", header: "Stopping", width: "150px", cell: (stop) => <Time at={stop.engagedAt} show="moment" /> },
  { key: "proof", header: "Proof", priority: 2, width: "170px", cell: (stop) => <Proof {...stop} /> },
  { key: "by", header: "By", cell: (stop) => <>{stop.engagedBy}{stop.reason !== null && <span className="text-fg-3">: {stop.reason}</span>}</> },
  { key: "asked", header: "Release asked", cell: (stop) => (stop.release === null ? "" : <><Time at={stop.release.askedAt} show="moment" /> by {stop.release.askedBy}<span className="text-fg-3">: {stop.release.reason}</span></>) },
  { key: "released", header: "Released", cell: (stop) => (stop.releasedAt === null ? "" : <><Time at={stop.releasedAt} show="moment" /> by {stop.releasedBy ?? "somebody"}{stop.staysCut > 0 && <span className="text-fg-3">; {formatCount(stop.staysCut, "run stays", "runs stay")} cut</span>}</>) },
];

/** Late is said beside the proof: ten seconds without it had passed. */
function Proof({ engagedAt, provenAt, notProvenAt }: ReleasedStop) {
  if (provenAt === null) return <StatusMark kind={notProvenAt === null ? "unknown" : "critical"}>Not proven</StatusMark>;
  return <StatusMark kind="stopped">Proven in {seconds(provenAt.getTime() - engagedAt.getTime())}{notProvenAt !== null && ", late"}</StatusMark>;
}

export function StopHistory({ stops, empty }: { stops: readonly ReleasedStop[]; empty: ReactNode }) {
  return <DataTable caption="Released stops" columns={columns} rows={stops} rowKey={(stop) => stop.id} rowHref={(stop) => paths.stopOf(stop.id)} empty={empty} />;
}
