import type { ReactNode } from "react";
import { Card } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatCount, formatNumber } from "@/lib/format.ts";

export interface ShownPointRow {
  id: string;
  agentId: string;
  name: string;
  kind: "sdk" | "mcp_gateway";
  standing: "not_believed" | "closed" | "left" | "live";
  epoch: number | null;
  lastHeardAt: Date;
  leaseUntil: Date;
  readsWithoutLease: boolean;
  fault: string | null;
}

export interface ShownPointList {
  live: number;
  closed: number;
  notBelieved: number;
  rows: readonly ShownPointRow[];
}

const STANDING: Record<ShownPointRow["standing"], { kind: StatusKind; word: string }> = {
  not_believed: { kind: "critical", word: "Not believed" }, closed: { kind: "waiting", word: "Closed" }, left: { kind: "waiting", word: "Said goodbye" }, live: { kind: "ok", word: "Live" },
};

/** Who is heard after its lease has ended is at work; that it has closed is then not known. */
const isBehind = ({ standing, lastHeardAt, leaseUntil }: ShownPointRow): boolean => standing === "closed" && lastHeardAt > leaseUntil;

/** Closed for all but what only reads. */
const readsOn = ({ standing, readsWithoutLease }: ShownPointRow): boolean => standing === "closed" && readsWithoutLease;

function Standing({ point }: { point: ShownPointRow }) {
  const { kind, word } = STANDING[point.standing];
  if (isBehind(point)) return <StatusMark kind="warning">Behind</StatusMark>;
  return readsOn(point) ? <StatusMark kind="warning">Reads on</StatusMark> : <StatusMark kind={kind}>{word}</StatusMark>;
}

function wrongWith(point: ShownPointRow, now: Date): ReactNode {
  if (point.fault !== null) return point.fault;
  if (isBehind(point)) return "It is heard without a lease: it does not apply what holds, and may still act.";
  if (readsOn(point)) return <>Its lease ended <Time at={point.leaseUntil} now={now} />. It refuses what changes something, and may go on reading: it was set up so.</>;
  return point.standing === "closed" ? <>Its lease ended <Time at={point.leaseUntil} now={now} />. It cannot act.</> : "";
}

const columnsOf = (now: Date): readonly Column<ShownPointRow>[] => [
  { key: "name", header: "Point", priority: 1, cell: (point) => point.name },
  { key: "standing", header: "State", priority: 2, cell: (point) => <Standing point={point} /> },
  { key: "agent", header: "Agent", cell: (point) => point.agentId },
  { key: "kind", header: "Kind", priority: 4, cell: (point) => (point.kind === "sdk" ? "SDK" : "MCP gateway") },
  { key: "epoch", header: "Epoch", align: "right", cell: (point) => (point.epoch === null ? "none yet" : formatNumber(point.epoch)) },
  { key: "heard", header: "Last heard", cell: (point) => <Time at={point.lastHeardAt} now={now} /> },
  { key: "why", header: "What is wrong", isSelfEvident: true, cell: (point) => wrongWith(point, now) },
];

/** Where calls of agents are let through or refused, by name. */
export function PointTable({ points, now, title = "Enforcement points" }: { points: ShownPointList; now: Date; title?: string | undefined }) {
  const more = points.live + points.closed + points.notBelieved - points.rows.length;
  const counts = [`${formatNumber(points.live)} live`, points.closed > 0 && `${formatNumber(points.closed)} closed`, points.notBelieved > 0 && `${formatNumber(points.notBelieved)} not believed`].filter(Boolean).join(", ");
  return (
    <Card title={title} meta={counts}>
      <DataTable
        caption="Enforcement points" columns={columnsOf(now)} rows={points.rows} rowKey={(point) => point.id}
        empty={<EmptyState kind="nothing_yet" title="No enforcement point is connected.">A stop is obeyed by Holdpoint’s own gate. An agent that does not ask it and has no point is not held by anything.</EmptyState>}
      />
      {more > 0 && <p className="card-foot">and {formatCount(more, "more point", "more points")}</p>}
    </Card>
  );
}
