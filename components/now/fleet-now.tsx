"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useState, type ReactNode } from "react";
import { useAskingInterval, useLive } from "@/components/layout/live-provider.tsx";
import { Card } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import type { HealthState } from "@/lib/domain/fleet-health.ts";
import { formatClock, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { AgentStrip } from "./agent-strip.tsx";
import { NeedList, type Need } from "./need-list.tsx";

export interface FleetHealth {
  sentence: string;
  counts: { stopped: number; critical: number; warning: number; notReporting: number; waiting: number };
  needs: Need[];
  more: number;
  teams: { name: string; agents: { id: string; state: HealthState; tier: number }[] }[];
  agents: number;
  day: { runs: number; costNanoUsd: number; costUnknownRuns: number; stopsEngaged: number; stopsReleased: number; changesApproved: number; findingsOpened: number };
  checkedAt: string;
}

const MOVES_WITH = ["stop.", "finding.", "change.", "agent.", "authority.", "version."];
const STALE_AFTER_MS = 15_000;

/** How old what is shown is, in milliseconds, as soon as that is more than it should be; null while the house is heard. */
function useStaleAge(): number | null {
  const { status, asOfMs } = useLive();
  const [nowMs, setNowMs] = useState(asOfMs);
  useEffect(() => {
    if (status === "live") return;
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [status]);
  if (status === "live") return null;
  const age = Math.max(0, nowMs - asOfMs);
  return status === "offline" || age > STALE_AFTER_MS ? age : null;
}

/** How the fleet is, in one sentence and five figures. What is old never reads as if nothing needed anybody. */
export function FleetNow({ initial, stopPath }: { initial: FleetHealth; stopPath: ReactNode }) {
  const interval = useAskingInterval();
  const { data } = useQuery({
    queryKey: ["now"], meta: { movesWith: MOVES_WITH }, initialData: initial, initialDataUpdatedAt: Date.parse(initial.checkedAt), refetchInterval: interval,
    queryFn: async ({ signal }) => {
      const response = await fetch("/api/console/now", { signal });
      if (!response.ok) throw new Error(`the console answered ${response.status}`);
      return (await response.json()) as FleetHealth;
    },
  });
  const staleMs = useStaleAge();
  const { counts, day } = data;
  return (
    <>
      <header className="now-head" data-critical="">
        <h1>{staleMs === null ? data.sentence : `Cannot tell: data ${Math.round(staleMs / 1_000)} s old.`}</h1>
        <p className="meta" suppressHydrationWarning>{staleMs === null ? "Checked" : "As of"} {formatClock(new Date(data.checkedAt))} UTC</p>
      </header>
      <ul className="now-counts" data-stale={staleMs === null ? undefined : "true"} aria-label="Counts">
        <Count kind="stopped" word="Stopped" value={counts.stopped} href={paths.stops()} />
        <Count kind="critical" word="Critical" value={counts.critical} href={paths.inbox({ tab: "findings" })} />
        <Count kind="warning" word="Warning" value={counts.warning} href={paths.changes()} />
        <Count kind="unknown" word="Not reporting" value={counts.notReporting} href={paths.agents()} />
        <Count kind="waiting" word="Waiting for you" value={counts.waiting} href={paths.inbox({ tab: "mine" })} />
      </ul>
      <div className="cols">
        <div className="stack">
          <NeedList needs={data.needs} more={data.more} waiting={counts.waiting} checkedAt={data.checkedAt} isStale={staleMs !== null} />
        </div>
        <div className="stack">
          {stopPath}
          <Card title="The last 24 hours">
            <div className="p-4">
              <KeyValue items={[
                { label: "Runs", value: formatNumber(day.runs) },
                { label: "Cost of models", value: `${formatNanoUsd(day.costNanoUsd)}${day.costUnknownRuns > 0 ? `, not known of ${formatNumber(day.costUnknownRuns)} runs` : ""}` },
                { label: "Changes that took effect", value: formatNumber(day.changesApproved) },
                { label: "Findings opened", value: formatNumber(day.findingsOpened) },
                { label: "Stops engaged, released", value: `${formatNumber(day.stopsEngaged)}, ${formatNumber(day.stopsReleased)}` },
              ]} />
            </div>
          </Card>
        </div>
      </div>
      <div className="now-strip">
        <AgentStrip teams={data.teams} agents={data.agents} isStale={staleMs !== null} />
      </div>
    </>
  );
}

/** Always at the same place; a zero is grey, so that the eye learns where to look. */
function Count({ kind, word, value, href }: { kind: StatusKind; word: string; value: number; href: string }) {
  return (
    <li className={value === 0 ? "is-zero" : undefined}>
      <Link href={href} className={value === 0 ? undefined : `k-${kind}`} data-status={kind}>
        <span className="now-word"><StatusShape kind={kind} />{word}</span>
        <b className="now-value">{formatNumber(value)}</b>
      </Link>
    </li>
  );
}
