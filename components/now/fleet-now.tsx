"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { useMovesRows } from "@/components/layout/finger-watch.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { useDataAge } from "@/components/layout/use-data-age.ts";
import { WAITING_KINDS } from "@/components/layout/waiting-kinds.ts";
import { Changed } from "@/components/ui/changed.tsx";
import { Card } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import type { HealthState } from "@/lib/domain/fleet-health.ts";
import { formatClock, formatCount, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { AgentStrip } from "./agent-strip.tsx";
import { EndingOverrides, type Ending } from "./ending-overrides.tsx";
import { NeedList } from "./need-list.tsx";
import type { Need } from "./need-rows.tsx";

export interface FleetHealth {
  sentence: string;
  counts: { stopped: number; critical: number; warning: number; notReporting: number; waiting: number };
  needs: Need[];
  more: number;
  ending: Ending;
  teams: { name: string; agents: { id: string; state: HealthState; word?: string; tier: number }[] }[];
  agents: number;
  day: { runs: number; costNanoUsd: number; costUnknownRuns: number; stopsEngaged: number; stopsReleased: number; changesApproved: number; findingsOpened: number };
  checkedAt: string;
}

const MOVES_WITH = ["stop.", "rehearsal.", "agent.", "authority.", ...WAITING_KINDS];
/** How the fleet is, in one sentence and five figures. What is old never reads as if nothing needed anybody. */
export function FleetNow({ initial, stopPath }: { initial: FleetHealth; stopPath: ReactNode }) {
  const interval = useAskingInterval();
  const { data, dataUpdatedAt, failureCount } = useQuery({
    queryKey: ["now"], meta: { movesWith: MOVES_WITH }, initialData: initial, initialDataUpdatedAt: Date.parse(initial.checkedAt), refetchInterval: interval,
    queryFn: ({ signal }) => askConsole<FleetHealth>("/api/console/now", signal),
  });
  const age = { readAtMs: dataUpdatedAt, hasFailed: failureCount > 0, saysStops: true };
  const staleMs = useDataAge(age);
  const stale = { ...age, saysAge: false };
  const { counts, day } = data;
  useMovesRows(data.sentence);
  return (
    <>
      <header className="now-head" data-critical="">
        <h1>{staleMs === null ? data.sentence : `Cannot tell: data ${Math.round(staleMs / 1_000)} s old.`}</h1>
        <p className="meta" suppressHydrationWarning>{staleMs === null ? "Checked" : "As of"} {formatClock(new Date(data.checkedAt))} UTC</p>
      </header>
      <Stale {...stale} className="now-counts-box">
        <ul className="now-counts" aria-label="Counts">
          <Count kind="stopped" word="Stopped" value={counts.stopped} href={paths.nowNeeds({ state: "stopped" })} />
          <Count kind="critical" word="Critical" value={counts.critical} href={paths.nowNeeds({ state: "critical" })} />
          <Count kind="warning" word="Warning" value={counts.warning} href={paths.nowNeeds({ state: "warning" })} />
          <Count kind="unknown" word="Not reporting" value={counts.notReporting} href={paths.nowNeeds({ state: "not_reporting" })} />
          <Count kind="waiting" word="Waiting for you" value={counts.waiting} href={paths.inbox({ tab: "mine" })} />
        </ul>
      </Stale>
      <div className="cols">
        <Stale {...stale} className="stack">
          <NeedList needs={data.needs} more={data.more} waiting={counts.waiting} checkedAt={data.checkedAt} isStale={staleMs !== null} />
        </Stale>
        <div className="stack">
          {stopPath}
          <Stale {...stale} className="stack">
            <EndingOverrides ending={data.ending} checkedAt={data.checkedAt} />
            <Card title="The last 24 hours">
              <div className="p-4">
                <KeyValue items={[
                  { label: "Runs", value: formatNumber(day.runs) },
                  { label: "Cost of models", value: `${formatNanoUsd(day.costNanoUsd)}${day.costUnknownRuns > 0 ? `, not known of ${formatCount(day.costUnknownRuns, "run")}` : ""}` },
                  { label: "Changes that took effect", value: formatNumber(day.changesApproved) },
                  { label: "Findings opened", value: formatNumber(day.findingsOpened) },
                  { label: "Stops engaged, released", value: `${formatNumber(day.stopsEngaged)}, ${formatNumber(day.stopsReleased)}` },
                ]} />
              </div>
            </Card>
          </Stale>
        </div>
      </div>
      <Stale {...stale} className="now-strip">
        <AgentStrip teams={data.teams} agents={data.agents} />
      </Stale>
    </>
  );
}

/** Always at the same place; a zero is grey, so that the eye learns where to look. */
function Count({ kind, word, value, href }: { kind: StatusKind; word: string; value: number; href: string }) {
  return (
    <li className={value === 0 ? "is-zero" : undefined}>
      <Link href={href} className={value === 0 ? undefined : `k-${kind}`} data-status={kind}>
        <span className="now-word"><StatusShape kind={kind} />{word}</span>
        <b className="now-value"><Changed value={value}>{formatNumber(value)}</Changed></b>
      </Link>
    </li>
  );
}
