import type { Metadata } from "next";
import { EngagedStopCard } from "@/components/stops/engaged-stop.tsx";
import { ReleaseForm } from "@/components/stops/release-form.tsx";
import { StopHistory } from "@/components/stops/stop-history.tsx";
import { StopsWatch } from "@/components/stops/stops-watch.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { formatClock, formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listStops, pulseOfStops, type EngagedStop } from "@/lib/queries/stops.ts";
import { askReleaseAction, releaseStopAction } from "./actions.ts";

export const metadata: Metadata = { title: "Stops" };

type Search = Record<string, string | string[] | undefined>;

export default async function StopsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireSignedIn(paths.stops());
  const answer = may(actor, "agent:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see stops.">{answer.reason}</EmptyState>;
  const { after } = await searchParams;
  const now = new Date();
  const { engaged, history, older } = await listStops(typeof after === "string" ? after.slice(0, 100) : null);
  return (
    <>
      <StopsWatch address="/api/console/stops" initial={pulseOfStops(engaged)} />
      <PageHead
        title={engaged.length === 0 ? "No stop is engaged" : `${formatCount(engaged.length, "stop")} engaged`}
        lead="A stop latches: it holds until one person asks for its release with a reason and another one releases it."
        facts={[<span key="at">Read at <b>{formatClock(now)} UTC</b></span>]}
      />
      <div className="stack">
        {engaged.map((stop) => <EngagedStopCard key={stop.id} stop={stop} now={now} release={<Release stop={stop} actor={actor} />} />)}
        <Card title="Released">
          <StopHistory stops={history} empty={<EmptyState kind="nothing_yet" title={after ? "There is nothing further back." : "No stop was ever released."} />} />
          <Pagination newerHref={after ? paths.stops() : undefined} newerLabel="Newest" olderHref={older ? paths.stops({ after: older }) : undefined} />
        </Card>
      </div>
    </>
  );
}

function Release({ stop, actor }: { stop: EngagedStop; actor: PersonActor }) {
  const answer = may(actor, "stop:release", stop.agentId);
  const asked = stop.release && { askedBy: stop.release.askedBy, reason: stop.release.reason, askedAt: stop.release.askedAt, isOwn: stop.release.askedById === actor.id };
  return <ReleaseForm stopId={stop.id} name={stop.name} asked={asked} disabledReason={answer.ok ? undefined : answer.reason} askAction={askReleaseAction} releaseAction={releaseStopAction} />;
}
