import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ShownVersion {
  number: number;
  label: string | null;
  fingerprint: string;
  source: string;
  sourceRef: string | null;
  createdBy: string;
  createdAt: Date;
  state: string;
  runsInWeek: number;
}

const STATES: Readonly<Record<string, readonly [StatusKind, string]>> = {
  current: ["met", "Current"], approved: ["met", "Approved"], in_review: ["waiting", "In review"], rejected: ["rejected", "Rejected"],
  withdrawn: ["paused", "Withdrawn"], expired: ["expired", "Expired"], superseded: ["expired", "Superseded"], not_proposed: ["open", "Never proposed"],
};

const SOURCES: Readonly<Record<string, string>> = { api: "pipeline", console: "console", observed: "live traffic" };

export function VersionStateMark({ state }: { state: string }) {
  const [kind, word] = STATES[state] ?? ["unknown", state];
  return <StatusMark kind={kind}>{word}</StatusMark>;
}

export const sourceName = (source: string): string => SOURCES[source] ?? source;

export function VersionTable({ agentId, versions, now, empty }: { agentId: string; versions: readonly ShownVersion[]; now: Date; empty: ReactNode }) {
  const columns: readonly Column<ShownVersion>[] = [
    { key: "number", header: "Version", cell: (version) => `Version ${version.number}` },
    { key: "state", header: "State", priority: 2, cell: (version) => <VersionStateMark state={version.state} /> },
    { key: "label", header: "Label", cell: (version) => (version.label === null ? <span className="text-fg-3">none</span> : <UntrustedText text={version.label} maxLength={100} />) },
    { key: "fingerprint", header: "Fingerprint", isSelfEvident: true, cell: (version) => <Fingerprint value={version.fingerprint} /> },
    { key: "source", header: "Source", cell: (version) => <>{sourceName(version.source)}{version.sourceRef && <span className="meta block"><UntrustedText text={version.sourceRef} maxLength={80} /></span>}</> },
    { key: "author", header: "Registered by", cell: (version) => version.createdBy },
    { key: "at", header: "Registered", isSelfEvident: true, cell: (version) => <Time at={version.createdAt} now={now} /> },
    { key: "runs", header: "Runs, 7 d", align: "right", cell: (version) => formatNumber(version.runsInWeek) },
  ];
  return <DataTable caption="Versions, the newest first" columns={columns} rows={versions} rowKey={(version) => String(version.number)} rowHref={(version) => paths.agentVersion(agentId, version.number)} empty={empty} />;
}
