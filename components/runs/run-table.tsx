import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { RecordReference } from "@/lib/domain/agent-span.ts";
import type { Outcome } from "@/lib/domain/outcome.ts";
import { runTitle } from "@/lib/domain/run-title.ts";
import { formatDurationMs, formatNanoUsd, formatNumber, formatTokens } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { RunMarks } from "./run-marks.tsx";
import { RunOutcome } from "./run-outcome.tsx";

export interface ListedRun {
  id: string;
  agentId: string;
  versionNumber: number | null;
  versionLabel: string | null;
  name: string | null;
  startedAt: string;
  durationMs: number;
  outcome: Outcome | null;
  isEscalated: boolean;
  isIntervened: boolean;
  isUnreviewed: boolean;
  errorSentence: string | null;
  toolCalls: number;
  tokens: number;
  costNanoUsd: number | null;
  records: readonly RecordReference[];
}

/** Newest first. An unknown cost is written as such, never as 0. */
export function RunTable({ runs, now }: { runs: readonly ListedRun[]; now: string }) {
  const columns: Column<ListedRun>[] = [
    { key: "run", header: "Run", width: "28%", cell: (run) => <UntrustedText text={runTitle(run)} maxLength={120} /> },
    { key: "outcome", header: "Outcome", priority: 2, cell: (run) => <RunOutcome outcome={run.outcome} /> },
    { key: "marks", header: "Marks", isSelfEvident: true, cell: (run) => <RunMarks run={run} /> },
    { key: "agent", header: "Agent", isSelfEvident: true, cell: (run) => `${run.agentId}${versionOf(run)}` },
    { key: "started", header: "Started", isSelfEvident: true, cell: (run) => <Time at={run.startedAt} show="both" now={now} /> },
    { key: "took", header: "Took", align: "right", cell: (run) => formatDurationMs(run.durationMs) },
    { key: "tools", header: "Tool calls", align: "right", priority: 4, cell: (run) => formatNumber(run.toolCalls) },
    { key: "tokens", header: "Tokens", align: "right", priority: 4, cell: (run) => formatTokens(run.tokens) },
    { key: "cost", header: "Cost", align: "right", cell: (run) => <span className={run.costNanoUsd === null ? "text-fg-3" : undefined}>{formatNanoUsd(run.costNanoUsd)}</span> },
  ];
  return <DataTable caption="Runs, newest first" columns={columns} rows={runs} rowKey={(run) => run.id} rowHref={(run) => paths.run(run.id)} />;
}

const versionOf = (run: ListedRun): string => (run.versionNumber !== null ? ` ${run.versionNumber}` : run.versionLabel !== null ? `, labelled ${run.versionLabel}` : "");
