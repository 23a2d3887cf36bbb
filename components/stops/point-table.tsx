import type { ReactNode } from "react";
import { Card } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatCount, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ShownPointRow {
  id: string;
  agentId: string;
  name: string;
  kind: "sdk" | "mcp_gateway";
  standing: "not_believed" | "closed" | "left" | "ended" | "live";
  epoch: number | null;
  lastHeardAt: Date;
  leaseUntil: Date;
  readsWithoutLease: boolean;
  fault: string | null;
  endedBy: string | null;
}

export interface ShownPointList {
  page: number;
  live: number;
  closed: number;
  notBelieved: number;
  rows: readonly ShownPointRow[];
}

const STANDING: Record<ShownPointRow["standing"], { kind: StatusKind; word: string }> = {
  not_believed: { kind: "critical", word: "Not believed" }, closed: { kind: "waiting", word: "Closed" }, left: { kind: "waiting", word: "Said goodbye" }, ended: { kind: "waiting", word: "Said to have ended" }, live: { kind: "ok", word: "Live" },
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
  if (point.standing === "ended") return `By the word of ${point.endedBy ?? "somebody"}${point.fault === null ? "" : `. Before that: ${point.fault}`}`;
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

interface PointTableProps {
  points: ShownPointList;
  now: Date;
  /** Of which agent only, as the address says it. */
  agentId: string | null;
  perPage: number;
}

/** Where calls of agents are let through or refused, by name. */
export function PointTable({ points, now, agentId, perPage }: PointTableProps) {
  const all = points.live + points.closed + points.notBelieved;
  const first = (points.page - 1) * perPage;
  const agent = agentId ?? undefined;
  const pageHref = (page: number): string => paths.stops({ agent, points: page === 1 ? undefined : page });
  const counts = [`${formatNumber(points.live)} live`, points.closed > 0 && `${formatNumber(points.closed)} closed`, points.notBelieved > 0 && `${formatNumber(points.notBelieved)} not believed`].filter(Boolean).join(", ");
  return (
    <Card title="Enforcement points" meta={counts}>
      {(all > perPage || agentId !== null) && <div className="px-4 pt-3 pb-1"><FilterBar action={paths.stops()} search={{ name: "agent", label: "Agent", value: agent, placeholder: "Its whole name" }} clearHref={agentId === null ? undefined : paths.stops()} /></div>}
      <DataTable
        caption="Enforcement points" columns={columnsOf(now)} rows={points.rows} rowKey={(point) => point.id}
        empty={<EmptyState kind="nothing_yet" title={agentId === null ? "No enforcement point is connected." : `No enforcement point of ${agentId} is connected.`}>A stop is obeyed by Holdpoint’s own gate. An agent that does not ask it and has no point is not held by anything.</EmptyState>}
      />
      {all > perPage && (
        <Pagination
          shown={`${formatNumber(first + 1)} to ${formatNumber(first + points.rows.length)} of ${formatCount(all, "point")}, those that need attention first`} newerLabel="Previous" olderLabel="Next"
          newerHref={points.page > 1 ? pageHref(points.page - 1) : undefined} olderHref={first + points.rows.length < all ? pageHref(points.page + 1) : undefined}
        />
      )}
    </Card>
  );
}
