import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { UndoState } from "@/components/actions/undo-state.tsx";
import { UndoSteps } from "@/components/actions/undo-steps.tsx";
import { remainsSentence, scopeWords } from "@/components/actions/undo-words.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { findUndo } from "@/lib/queries/undos.ts";
import { approveUndoAction, markDoneByHandAction } from "../../undo-actions.ts";

export const metadata: Metadata = { title: "Reversal" };

export default async function UndoPage({ params }: { params: Promise<{ undoId: string }> }) {
  const { undoId } = await params;
  const actor = await requireSignedIn(paths.undo(undoId));
  const answer = may(actor, "action:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see actions.">{answer.reason}</EmptyState>;
  const view = await findUndo(undoId, actor, new Date());
  if (!view) notFound();
  const { undo, steps, pulse } = view;
  return (
    <>
      <PageHead
        title={`${scopeWords(undo.scope)} of ${undo.agentId}, taken back`} lead={<UntrustedText text={undo.reason} maxLength={2_000} />}
        facts={[
          <Mono key="id">{undo.id}</Mono>,
          <span key="by">Asked by <b>{undo.startedByName}</b>, <Time at={undo.startedAt} show="both" /></span>,
          <span key="agent">Agent <Link className="link" href={paths.agent(undo.agentId)}>{undo.agentId}</Link></span>,
          ...(undo.since === null ? [] : [<span key="since">Since <Time at={undo.since} show="moment" /></span>]),
          <Link key="log" className="link" href={paths.log({ subject: undo.id })}>The log</Link>,
        ]}
      />
      <div className="cols change-cols">
        <div className="stack">
          <UndoSteps
            cannotByHand={view.byHand.ok ? null : view.byHand.reason} now={Date.now()} action={markDoneByHandAction}
            steps={steps.map(({ position: _position, ...step }) => ({ ...step, nextAttemptAt: step.nextAttemptAt?.toISOString() ?? null, endedAt: step.endedAt?.toISOString() ?? null }))}
          />
        </div>
        <aside className="stack" aria-label="State">
          <UndoState
            undoId={undo.id} state={undo.state} events={pulse.events} remains={remainsSentence(undo.state, undo.approverRole, steps)} approvedBy={undo.approvedBy} cannotApprove={view.approve.ok ? null : view.approve.reason}
            action={approveUndoAction}
          />
        </aside>
      </div>
    </>
  );
}
