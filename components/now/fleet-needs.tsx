"use client";

import { useQuery } from "@tanstack/react-query";
import { askConsole } from "@/components/layout/ask-console.ts";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { HEALTH_NAMES, type HealthState } from "@/lib/domain/fleet-health.ts";
import { formatClock, formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { NeedRows, type Need } from "./need-rows.tsx";
import { OrderHolds } from "./order-holds.tsx";

type Abnormal = Exclude<HealthState, "normal">;

export interface Needs {
  state: Abnormal | null;
  needs: Need[];
  counts: Record<Abnormal | "all", number>;
  page: number;
  pages: number;
  checkedAt: string;
}

/** In the order of the counters. */
const TABS: readonly Abnormal[] = ["stopped", "critical", "warning", "not_reporting"];
const MOVES_WITH = ["stop.", "rehearsal.", "finding.", "change.", "agent.", "authority.", "version."];

/** Exactly the agents behind a counter of the page Now, fifty at a time. */
export function FleetNeeds({ initial }: { initial: Needs }) {
  const interval = useAskingInterval();
  const { state, page } = initial;
  const { data, dataUpdatedAt, failureCount } = useQuery({
    queryKey: ["now-needs", state, page], meta: { movesWith: MOVES_WITH }, initialData: initial, initialDataUpdatedAt: Date.parse(initial.checkedAt), refetchInterval: interval,
    queryFn: ({ signal }) => askConsole<Needs>(`/api/console/now/needs?${new URLSearchParams({ state: state ?? "", page: String(page) }).toString()}`, signal),
  });
  const hrefOf = (target: number): string => paths.nowNeeds({ state: state ?? undefined, page: target === 1 ? undefined : target });
  return (
    <>
      <PageHead title={data.counts.all === 0 ? "No agent needs you" : `${formatCount(data.counts.all, "agent")} ${data.counts.all === 1 ? "needs" : "need"} you`} lead={<OrderHolds />} facts={[<span key="at" suppressHydrationWarning>checked <b>{formatClock(data.checkedAt)} UTC</b></span>]} />
      <Stale readAtMs={dataUpdatedAt} hasFailed={failureCount > 0} saysStops saysAge={false}>
        <Card>
          <h2 className="sr-only">Agents that are not normal</h2>
          <Tabs
            label="Agents by state"
            tabs={[
              { href: paths.nowNeeds(), label: "All", count: data.counts.all, isCurrent: state === null },
              ...TABS.map((each) => ({ href: paths.nowNeeds({ state: each }), label: HEALTH_NAMES[each], count: data.counts[each], isCurrent: each === state })),
            ]}
          />
          <NeedRows
            needs={data.needs} checkedAt={data.checkedAt} goesOn={data.page < data.pages}
            empty={state === null || data.counts.all === 0 ? <EmptyState kind="nothing_yet" title="No agent needs you.">All of them are as they usually are.</EmptyState> : <EmptyState kind="no_match" title={`No agent is here: ${HEALTH_NAMES[state].toLowerCase()}.`} clearHref={paths.nowNeeds()} />}
          />
          <Pagination
            shown={data.pages > 1 ? `Page ${data.page} of ${data.pages}` : undefined} newerLabel="Previous" olderLabel="Next"
            newerHref={data.page > 1 ? hrefOf(data.page - 1) : undefined} olderHref={data.page < data.pages ? hrefOf(data.page + 1) : undefined}
          />
        </Card>
      </Stale>
    </>
  );
}
