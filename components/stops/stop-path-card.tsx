"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { receiptOf, useDataAge } from "@/components/layout/use-data-age.ts";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { pathWords, type PathProof, type PathState } from "@/lib/domain/stop-path-words.ts";
import { formatClock, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

/** As it travels from the server: moments are ISO texts. */
export interface ShownPath {
  last: (Omit<PathProof, "at"> & { at: string; medianMs: number | null; slowest: string | null }) | null;
  /** Each proof of the last hour, the oldest first. */
  hour: readonly { at: string; worstMs: number | null; isProven: boolean }[];
  livePoints: number;
  nextAt: string | null;
  since: string | null;
  readAt: string;
}

const TICK_MS = 1_000;
/** One a minute, for an hour. */
const STRIP_BARS = 60;
const MINUTE_MS = 60_000;
const SHAPE: Record<Exclude<PathState, "proven">, StatusKind> = { failed: "critical", lost: "critical", stale: "warning", overdue: "warning", never: "unknown" };

const MOVES_WITH = ["rehearsal.", "points."];

/** The server's time, by its own clock at the reading and the time that passed here since: the two clocks may be minutes apart. */
function useServerNow(readAt: string): Date {
  const readAtMs = Date.parse(readAt);
  const [passed, setPassed] = useState({ readAtMs, ms: 0 });
  useEffect(() => {
    const receivedMs = receiptOf(readAtMs);
    const timer = setInterval(() => setPassed({ readAtMs, ms: Date.now() - receivedMs }), TICK_MS);
    return () => clearInterval(timer);
  }, [readAtMs]);
  return new Date(readAtMs + (passed.readAtMs === readAtMs ? Math.max(0, passed.ms) : 0));
}

/** Is the way from a press to the last point in order? Proven by going it, each minute, and read again as often. */
export function StopPathCard({ initial, linksToStops = false }: { initial: ShownPath; linksToStops?: boolean | undefined }) {
  const interval = useAskingInterval();
  const { data, dataUpdatedAt, failureCount } = useQuery({
    queryKey: ["stop-path"], meta: { movesWith: MOVES_WITH }, initialData: initial, initialDataUpdatedAt: Date.parse(initial.readAt), refetchInterval: interval,
    queryFn: ({ signal }) => askConsole<ShownPath>("/api/console/stop-path", signal),
  });
  const age = { readAtMs: dataUpdatedAt, hasFailed: failureCount > 0, saysStops: true };
  const isStale = useDataAge(age) !== null;
  const serverNow = useServerNow(data.readAt);
  // What was not read again says nothing about the proofs since.
  return <Stale {...age}><PathCard path={data} now={isStale ? new Date(data.readAt) : serverNow} linksToStops={linksToStops} /></Stale>;
}

function PathCard({ path, now, linksToStops }: { path: ShownPath; now: Date; linksToStops: boolean }) {
  const { last, hour } = path;
  const nextAt = path.nextAt === null ? null : new Date(path.nextAt);
  const words = pathWords(last && { ...last, at: new Date(last.at) }, path.since === null ? null : new Date(path.since), now);
  const proven = hour.filter((proof) => proof.isProven).length;
  return (
    <Card title={words.state === "proven" ? words.title : "Stop path"} meta={words.state === "proven" ? words.detail.split(",")[0] : undefined} actions={linksToStops ? <Link className="link" href={paths.stops()}>Stops</Link> : undefined}>
      <CardBody className="grid gap-3">
        {words.state !== "proven" && (
          <Verdict level={3} detail={words.detail}>
            <span className="inline-flex gap-2"><StatusShape kind={SHAPE[words.state]} className="mt-1" />{words.title}.</span>
          </Verdict>
        )}
        {hour.length > 1 && <HourStrip hour={hour} />}
        {last && (
          <>
            <p className="dense text-pretty text-fg-2">
              Each minute an agent of Holdpoint’s own is stopped and its next call must be refused. {hour.length > 0 && <b className="text-fg">{proven} of {hour.length} proven in the last hour.</b>}
            </p>
            <KeyValue items={[
              { label: "Press to last point", value: last.expected === 0 ? "no point was live" : `median ${milliseconds(last.medianMs)}, p99 ${milliseconds(last.p99Ms)}, worst ${milliseconds(last.worstMs)}` },
              { label: "Points", value: `${last.expected === 0 ? "" : `${formatNumber(last.answered)} of ${formatNumber(last.expected)} answered, `}${formatNumber(path.livePoints)} live now` },
              ...(last.slowest === null ? [] : [{ label: "Slowest point", value: last.slowest }]),
              ...(nextAt === null ? [] : [{ label: "Next proof", value: nextAt > now ? `in ${Math.ceil((nextAt.getTime() - now.getTime()) / 1_000)} s` : "is due" }]),
            ]} />
          </>
        )}
      </CardBody>
    </Card>
  );
}

const milliseconds = (ms: number | null): string => (ms === null ? "not known" : ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(2)} s`);

/** The slowest point of each proof; one that failed takes the whole height and a shape, so that it is not colour alone. */
function HourStrip({ hour }: { hour: ShownPath["hour"] }) {
  const shown = hour.slice(-STRIP_BARS).map((proof) => ({ ...proof, at: new Date(proof.at) }));
  const top = Math.max(1, ...shown.map((proof) => proof.worstMs ?? 0));
  const end = shown.at(-1)?.at ?? new Date(0);
  const failed = shown.filter((proof) => !proof.isProven);
  const slowest = shown.reduce((worst, proof) => ((proof.worstMs ?? 0) > (worst.worstMs ?? 0) ? proof : worst), shown[0] ?? { at: new Date(0), worstMs: null, isProven: true });
  const note = failed.length > 0 ? `${failed.length} failed, last ${clock(failed.at(-1)?.at)}` : slowest.worstMs === null ? "no point was live" : `slowest ${milliseconds(slowest.worstMs)} at ${clock(slowest.at)}`;
  return (
    <div>
      <svg className="path-strip" viewBox={`0 0 ${STRIP_BARS * 4} 40`} preserveAspectRatio="none" role="img" aria-label={`${shown.length} proofs, ${shown.length - failed.length} proven; ${note}`}>
        {shown.map((proof) => {
          const height = proof.isProven ? Math.max(3, ((proof.worstMs ?? 0) / top) * 38) : 40;
          return <rect key={proof.at.getTime()} className={proof.isProven ? undefined : "failed"} x={slotOf(proof.at, end) * 4 + 0.5} width="3" y={40 - height} height={height} />;
        })}
      </svg>
      <p className="path-axis"><span>{clock(new Date(end.getTime() - (STRIP_BARS - 1) * MINUTE_MS))}</span><span>{note}</span><span>{clock(end)}</span></p>
    </div>
  );
}

/** By time and not by count, so that a proof that was not made is a gap. */
const slotOf = (at: Date, end: Date): number => Math.max(0, STRIP_BARS - 1 - Math.round((end.getTime() - at.getTime()) / MINUTE_MS));

const clock = (at: Date | undefined): string => (at === undefined ? "" : formatClock(at).slice(0, 5));
