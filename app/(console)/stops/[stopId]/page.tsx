import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Presence } from "@/components/layout/presence.tsx";
import { CutRunsCard } from "@/components/stops/cut-runs-card.tsx";
import { ReasonForm } from "@/components/stops/reason-form.tsx";
import { ReleaseForm } from "@/components/stops/release-form.tsx";
import { StoppedActionsCard } from "@/components/stops/stopped-actions-card.tsx";
import { StopProofLive } from "@/components/stops/stop-proof-live.tsx";
import { StopTimeline } from "@/components/stops/stop-timeline.tsx";
import { StopsWatch } from "@/components/stops/stops-watch.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { namingWhomToAsk, permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { releaseAnswer } from "@/lib/domain/release-stop.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import type { ShownStop } from "@/lib/domain/stop-words.ts";
import { formatUtc } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { getCutRuns } from "@/lib/queries/cut-runs.ts";
import { getStoppedActions } from "@/lib/queries/stopped-actions.ts";
import { findShownStop, listStopMoments, pulseOfShown } from "@/lib/queries/stops-shown.ts";
import { askReleaseAction, giveReasonAction, releaseStopAction, restartRunsAction } from "../actions.ts";

export const metadata: Metadata = { title: "Stop" };

export default async function StopPage({ params }: { params: Promise<{ stopId: string }> }) {
  const { stopId } = await params;
  const actor = await requireSignedIn(paths.stopOf(stopId));
  const answer = may(actor, "agent:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see stops.">{answer.reason}</EmptyState>;
  const now = await databaseNow();
  const stop = await findShownStop(stopId, now);
  if (!stop) notFound();
  const isEngaged = stop.releasedAt === null;
  const [actions, cut, moments] = await Promise.all([getStoppedActions(stop), getCutRuns(stop.id), listStopMoments(stop.id)]);
  const { mayExplain, mayRestart } = await permits(actor, stop.agentId, { mayExplain: "stop:engage", mayRestart: "stop:release" }, now);
  return (
    <>
      <StopsWatch address={`/api/console/stops/${encodeURIComponent(stop.id)}?pulse=1`} initial={pulseOfShown(stop)} />
      <PageHead
        title={`Stop of ${stop.name}`}
        lead={isEngaged ? "It holds until one person asks for its release with a reason and another one releases it." : stop.cutRuns > 0 && stop.restartedAt === null ? "It was released. Nothing was restarted by that: the runs that it cut stay cut." : "It was released. Nothing was restarted by that."}
        facts={[<span key="at">Stored <b>{formatUtc(stop.engagedAt)}</b></span>, <span key="by">by <b>{stop.engagedBy}</b></span>, ...(stop.agentId === null ? [] : [<span key="agent">agent <Link className="link" href={paths.agent(stop.agentId)}>{stop.agentId}</Link></span>])]}
      />
      <Presence topic={stop.id} />
      <div className="cols">
        <div className="stack">
          <Card className="overflow-clip"><StopProofLive key={stop.id} stopId={stop.id} initial={stop} /></Card>
          {!isEngaged && <CutRunsCard stop={stop} {...cut} disabledReason={mayRestart.ok ? undefined : mayRestart.reason} action={restartRunsAction} />}
          <StoppedActionsCard isEngaged={isEngaged} {...actions} />
          {isEngaged && <CutRunsCard stop={stop} {...cut} disabledReason={undefined} action={restartRunsAction} />}
          <Card title="Release">
            <CardBody className="grid gap-3">
              {isEngaged ? <Release stop={stop} actor={actor} now={now} /> : <p className="text-fg-2 wrap-anywhere">{stop.release?.askedBy ?? "Somebody"} asked: {stop.release?.reason ?? ""} Released by {stop.releasedBy}, {formatUtc(stop.releasedAt ?? stop.readAt)}.</p>}
            </CardBody>
          </Card>
        </div>
        <div className="stack">
          <Card title="Reason">
            <CardBody className="grid gap-3">
              <p className="text-fg-2 wrap-anywhere">{stop.reason ?? "None was given."}</p>
              <ReasonForm stopId={stop.id} reason={stop.reason} disabledReason={mayExplain.ok ? undefined : mayExplain.reason} action={giveReasonAction} />
            </CardBody>
          </Card>
          <StopTimeline stop={stop} moments={moments} />
        </div>
      </div>
    </>
  );
}

async function Release({ stop, actor, now }: { stop: ShownStop; actor: PersonActor; now: Date }) {
  const about = { agentId: stop.agentId, askedById: stop.release?.askedById ?? null };
  const { answer } = await namingWhomToAsk({ actor }, stop.agentId, (person) => ({ answer: releaseAnswer(person.actor, about) }), now);
  const asked = stop.release && { askedBy: stop.release.askedBy, reason: stop.release.reason, askedAt: new Date(stop.release.askedAt) };
  return <ReleaseForm stopId={stop.id} name={stop.name} asked={asked} disabledReason={answer.ok ? undefined : answer.reason} askAction={askReleaseAction} releaseAction={releaseStopAction} />;
}
