import type { Metadata } from "next";
import { SaidWhileCurrent, Stale } from "@/components/layout/stale.tsx";
import { DrillCard } from "@/components/stops/drill-card.tsx";
import { DrillList } from "@/components/stops/drill-list.tsx";
import { EngagedStopCard } from "@/components/stops/engaged-stop.tsx";
import { PointTable } from "@/components/stops/point-table.tsx";
import { StopHistory } from "@/components/stops/stop-history.tsx";
import { StopPathCard } from "@/components/stops/stop-path-card.tsx";
import { StopsWatch } from "@/components/stops/stops-watch.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { writeStopScope } from "@/lib/domain/stop-scope.ts";
import { formatClock, formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listDrillScopes } from "@/lib/queries/drill-scopes.ts";
import { getShownPath } from "@/lib/queries/stop-path.ts";
import { listShownDrills, findShownDrill } from "@/lib/queries/stops-drills.ts";
import { listPoints, POINTS_PER_PAGE } from "@/lib/queries/stops-points.ts";
import { withProofs } from "@/lib/queries/stops-shown.ts";
import { listStops, pulseOfStops } from "@/lib/queries/stops.ts";
import { startDrillAction } from "./actions.ts";

export const metadata: Metadata = { title: "Stops" };

type Search = Record<string, string | string[] | undefined>;

const word = (value: string | string[] | undefined): string | null => (typeof value === "string" && value !== "" ? value.slice(0, 100) : null);

export default async function StopsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireSignedIn(paths.stops());
  const answer = may(actor, "agent:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see stops.">{answer.reason}</EmptyState>;
  const search = await searchParams;
  const [after, rehearsal, agentId] = [word(search.after), word(search.rehearsal), word(search.agent)];
  const now = await databaseNow();
  const [{ engaged, history, older }, path, points, drills, drill, scopes] = await Promise.all([
    listStops(after), getShownPath(now), listPoints(now, { agentId, page: pageOf(search.points) }), listShownDrills(now), rehearsal === null ? null : findShownDrill(rehearsal, now), listDrillScopes(actor, agentId, now),
  ]);
  const shown = await withProofs(engaged, now);
  const { mayRehearse } = await permits(actor, agentId, { mayRehearse: "stop:engage" }, now);
  return (
    <>
      <StopsWatch address="/api/console/stops" initial={`${path.last?.id ?? ""}\n${await pulseOfStops(engaged, now)}`} />
      <PageHead
        title={<SaidWhileCurrent readAtMs={now.getTime()} otherwise="Cannot confirm what is stopped">{engaged.length === 0 ? "No stop is engaged" : `${formatCount(engaged.length, "stop")} engaged`}</SaidWhileCurrent>}
        lead="A stop latches: it holds until one person asks for its release with a reason and another one releases it."
        facts={[<span key="at">Read at <b>{formatClock(now)} UTC</b></span>]}
      />
      <Stale readAtMs={now.getTime()} saysStops className="cols">
        <div className="stack">
          {shown.map((stop, index) => <EngagedStopCard key={stop.id} stop={stop} now={now} heardSince={engaged[index]?.heardSince ?? 0} />)}
          <PointTable points={points} now={now} agentId={agentId} perPage={POINTS_PER_PAGE} />
          <Card title="Released">
            <StopHistory stops={history} empty={<EmptyState kind="nothing_yet" title={after ? "There is nothing further back." : "No stop was ever released."} />} />
            <Pagination newerHref={after ? paths.stops() : undefined} newerLabel="Newest" olderHref={older ? paths.stops({ after: older }) : undefined} />
          </Card>
          <DrillList drills={drills} />
        </div>
        <div className="stack">
          <StopPathCard initial={path} />
          <DrillCard
            scopes={scopes.options.length > 0 ? scopes.options : [NO_SCOPE]} more={scopes.more} asked={agentId === null ? undefined : writeStopScope({ scope: "agent", target: agentId })} current={drill} action={startDrillAction}
            disabledReason={scopes.options.length > 0 ? undefined : mayRehearse.ok ? "No agent of yours has an enforcement point." : mayRehearse.reason}
          />
        </div>
      </Stale>
    </>
  );
}

const NO_SCOPE = { value: "", label: "Nothing that you may stop" };

/** What is no number of a page is the first. */
function pageOf(value: string | string[] | undefined): number {
  const page = Number(value);
  return Number.isInteger(page) && page > 0 && page < 10_000 ? page : 1;
}
