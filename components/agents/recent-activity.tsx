import { Card, CardFoot } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { runTitle, type TitledRun } from "@/lib/domain/run-title.ts";
import { formatDurationMs, formatNanoUsd } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ShownRun extends TitledRun {
  startedAt: Date;
  durationMs: number;
  outcome: string | null;
  isEscalated: boolean;
  isIntervened: boolean;
  isUnreviewed: boolean;
  actionErrors: number;
  toolCalls: number;
  costNanoUsd: number | null;
}

export function RecentRuns({ agentId, runs, now }: { agentId: string; runs: readonly ShownRun[]; now: Date }) {
  return (
    <Card title="Recent runs" className="third">
      {runs.length === 0 && <EmptyState kind="nothing_yet" title="No run has arrived yet.">Runs appear as soon as the agent sends its first trace.</EmptyState>}
      <Rows>
        {runs.map((run) => (
          <Row
            key={run.id} href={paths.run(run.id)} title={<UntrustedText text={runTitle(run)} maxLength={120} />} aside={<RunMark run={run} />}
            detail={<><Time at={run.startedAt} now={now} />, {formatDurationMs(run.durationMs)}, {run.toolCalls} tool calls, cost {formatNanoUsd(run.costNanoUsd)}</>}
          />
        ))}
      </Rows>
      {runs.length > 0 && <CardFoot><Link className="link inline-flex min-h-6 items-center" href={paths.runs({ agent: agentId })}>All runs</Link></CardFoot>}
    </Card>
  );
}

function RunMark({ run }: { run: ShownRun }) {
  if (run.isUnreviewed) return <StatusMark kind="critical">Unreviewed recipe</StatusMark>;
  if (run.outcome === "failure") return <StatusMark kind="warning">Failed</StatusMark>;
  if (run.actionErrors > 0) return <StatusMark kind="warning">{run.actionErrors === 1 ? "1 action error" : `${run.actionErrors} action errors`}</StatusMark>;
  if (run.isIntervened) return <StatusMark kind="info">Intervened</StatusMark>;
  if (run.isEscalated) return <StatusMark kind="info">Escalated</StatusMark>;
  return <span className="text-fg-3">{run.outcome === "success" ? "Success" : "Outcome unknown"}</span>;
}

export interface ShownChange {
  id: string;
  title: string;
  class: string;
  state: string;
  authorName: string;
  proposedAt: Date;
  decidedAt: Date | null;
}

const CHANGE_MARKS: Readonly<Record<string, readonly [StatusKind, string]>> = {
  open: ["waiting", "In review"], approved: ["met", "Approved"], rejected: ["rejected", "Rejected"], withdrawn: ["paused", "Withdrawn"], expired: ["expired", "Expired"], superseded: ["expired", "Superseded"],
};

export function RecentChanges({ agentId, changes, now }: { agentId: string; changes: readonly ShownChange[]; now: Date }) {
  return (
    <Card title="Recent changes" className="third">
      {changes.length === 0 && <EmptyState kind="nothing_yet" title="No change was proposed yet.">Registering a version proposes the first one.</EmptyState>}
      <Rows>
        {changes.map((change) => {
          const [kind, word] = CHANGE_MARKS[change.state] ?? ["unknown", change.state];
          return (
            <Row
              key={change.id} href={paths.change(change.id)} title={<UntrustedText text={change.title} maxLength={200} />} aside={<StatusMark kind={kind}>{word}</StatusMark>}
              detail={<>{change.class}, by {change.authorName}, <Time at={change.proposedAt} now={now} /></>}
            />
          );
        })}
      </Rows>
      {changes.length > 0 && <CardFoot><Link className="link inline-flex min-h-6 items-center" href={paths.changes({ agent: agentId })}>All changes</Link></CardFoot>}
    </Card>
  );
}
