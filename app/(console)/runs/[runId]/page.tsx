import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { OutcomeForm } from "@/components/runs/outcome-form.tsx";
import { packTraceStart } from "@/components/runs/pack-trace.ts";
import { RecipeSeen } from "@/components/runs/recipe-seen.tsx";
import { RunDecisions } from "@/components/runs/run-decisions.tsx";
import { RunMarks } from "@/components/runs/run-marks.tsx";
import { RunOutcome } from "@/components/runs/run-outcome.tsx";
import { isRunOver } from "@/components/runs/run-pulse.ts";
import { RunTrace } from "@/components/runs/run-trace.tsx";
import { RunWatch } from "@/components/runs/run-watch.tsx";
import { readTraceView } from "@/components/runs/trace-row.ts";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { describeRun } from "@/lib/domain/describe-run.ts";
import type { OutcomeSource } from "@/lib/domain/outcome.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { SearchValues } from "@/lib/domain/read-run-filter.ts";
import { formatDurationMs, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listRunDecisions } from "@/lib/queries/agent-decisions.ts";
import { findRun, type RunDetail } from "@/lib/queries/runs.ts";
import { recordOutcomeAction } from "./actions.ts";
import { readTrace } from "./read-trace.ts";

interface RunPageProps {
  params: Promise<{ runId: string }>;
  searchParams: Promise<SearchValues>;
}

const textOf = (value: string | string[] | undefined): string | null => (typeof value === "string" ? value : null);

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  return { title: `Run ${(await params).runId.slice(0, 40)}` };
}

export default async function RunPage({ params, searchParams }: RunPageProps) {
  const { runId } = await params;
  const search = await searchParams;
  const span = textOf(search["span"]);
  const actor = await requireSignedIn(paths.run(runId, span === null ? {} : { span }));
  const answer = may(actor, "run:read");
  if (!answer.ok) return <Card><EmptyState kind="unknown" title="You may not see runs.">{answer.reason}</EmptyState></Card>;
  const run = await findRun(runId);
  if (!run) notFound();
  const [{ trace, seen }, decisions] = await Promise.all([readTrace(run), may(actor, "action:read").ok ? listRunDecisions(run) : null]);
  const { mayRecord } = await permits(actor, run.agentId, { mayRecord: "outcome:record" });
  return (
    <>
      <PageHead title={<UntrustedText text={describeRun(run)} maxLength={400} />} marks={<RunMarks run={run} />} facts={factsOf(run)} />
      <RunWatch runId={run.id} seen={{ spans: run.spanCount, outcome: run.outcome }} isOver={isRunOver(run.endedAt, new Date())} />
      <RunTrace
        trace={packTraceStart(trace, readTraceView((name) => textOf(search[name])))}
        aside={
          <>
            {decisions && decisions.rows.length > 0 && <RunDecisions rows={decisions.rows} more={decisions.more} />}
            <RecipeSeen runId={run.id} seen={seen} label={run.versionLabel} inShadow={run.stage === "shadow"} />
            <div className="grid gap-3 border-t border-line p-4">
              <div>
                <h2 className="card-title">Outcome</h2>
                <p className="meta mt-0.5">{SOURCES[run.outcomeSource ?? "none"]}</p>
              </div>
              <details>
                <summary className="dense min-h-6 text-fg-2 underline underline-offset-3">Say what came of it</summary>
                <div className="mt-3">
                  <OutcomeForm
                    action={recordOutcomeAction} runId={run.id} outcome={run.outcome} isEscalated={run.isEscalated} isIntervened={run.isIntervened}
                    disabledReason={mayRecord.ok ? undefined : mayRecord.reason}
                  />
                </div>
              </details>
            </div>
            <MoreFacts run={run} />
          </>
        }
      />
    </>
  );
}

const SOURCES: Record<OutcomeSource | "none", string> = {
  trace: "Read off the trace: its root ended in an error.",
  agent: "Said by the agent itself.",
  reported: "Reported afterwards by a person or a system.",
  none: "Nobody has said yet. A trace that ends without an error does not prove success.",
};

function factsOf(run: RunDetail) {
  return [
    <span className="flex" key="outcome"><RunOutcome outcome={run.outcome} /></span>,
    <Mono key="id">{run.id}</Mono>,
    <Link key="agent" className="link font-medium" href={paths.agent(run.agentId)}>
      {run.agentId}
    </Link>,
    run.versionNumber !== null ? (
      <Link key="version" className="link" href={paths.agentVersion(run.agentId, run.versionNumber)}>
        Version {run.versionNumber}
      </Link>
    ) : run.versionLabel !== null ? <span key="version">Labelled <UntrustedText text={run.versionLabel} maxLength={60} />, no registered version</span> : <span key="version">Version not known</span>,
    <Time key="at" at={run.startedAt} show="both" />,
    <span key="took">Took <b>{formatDurationMs(run.durationMs)}</b></span>,
    <span key="cost">Cost <b>{formatNanoUsd(run.costNanoUsd)}</b>, {formatNumber(run.tokens)} tokens</span>,
    ...run.records.slice(0, 5).map((record) => (
      <Link key={`${record.type} ${record.id}`} className="link" href={paths.runs({ record: `${record.type}:${record.id}` })}>
        <UntrustedText text={`${record.type} ${record.id}`} maxLength={80} />
      </Link>
    )),
  ];
}

function MoreFacts({ run }: { run: RunDetail }) {
  const items = [
    { label: "Stage", value: run.stage },
    { label: "Tool calls", value: `${formatNumber(run.toolCalls)}, ${formatNumber(run.consequentialCalls)} with an effect` },
    { label: "Tools that failed", value: formatNumber(run.actionErrors) },
    { label: "Model calls", value: `${formatNumber(run.inferenceCalls)}${run.unknownCostCalls > 0 ? `, ${formatNumber(run.unknownCostCalls)} without a known price` : ""}` },
    { label: "Tokens in", value: `${formatNumber(run.inputTokens)}, ${formatNumber(run.cacheReadTokens)} cached` },
    { label: "Tokens out", value: formatNumber(run.outputTokens) },
    { label: run.isKeyedByTrace ? "Trace" : "Conversation", value: <Mono className="break-all">{run.conversationId.slice(0, 200)}</Mono> },
    ...Object.entries(run.segments).map(([label, value]) => ({ label, value: <UntrustedText text={value} maxLength={100} /> })),
  ];
  return (
    <div className="grid gap-3 border-t border-line p-4">
      <h2 className="card-title">Figures</h2>
      <KeyValue items={items} />
    </div>
  );
}
