import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { stopHeadline, stopSentence, stopSubject, toldState, type ShownStop, type ToldState } from "@/lib/domain/stop-words.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

const KIND: Record<ToldState, StatusKind> = { stopping: "unknown", proven: "stopped", not_proven: "critical", released: "met", unknown: "unknown" };

/** One of those that are engaged, with what it has reached. It is released on a page of its own. */
export function EngagedStopCard({ stop, now, heardSince }: { stop: ShownStop; now: Date; heardSince: number }) {
  const state = toldState(stop);
  return (
    <Card title={stopSubject(stop)} meta={<>stored <Time at={stop.engagedAt} show="both" now={now} /></>} id={stop.id}>
      <CardBody className="grid gap-1.5">
        <p className="flex items-start gap-2 text-lead font-semibold wrap-anywhere"><StatusShape kind={KIND[state]} className="mt-1" />{stopHeadline(stop)}</p>
        <p className="text-pretty text-fg-2 wrap-anywhere">{stopSentence(stop)}</p>
        <p className="text-fg-2 wrap-anywhere">By {stop.engagedBy}. {stop.reason === null ? "No reason was given." : `Reason: ${stop.reason}`}</p>
        {stop.release && <p className="text-fg-2 wrap-anywhere">{stop.release.askedBy} asked for release <Time at={stop.release.askedAt} now={now} />: {stop.release.reason}</p>}
        <div className="actions mt-2"><Link className="btn" href={paths.stopOf(stop.id)}>Open the stop of {stop.name}</Link></div>
      </CardBody>
      <CardFoot>{formatCount(stop.agents, "agent")} covered, {heardSince === 0 ? "none" : formatCount(heardSince, "of them", "of them")} heard since.</CardFoot>
    </Card>
  );
}
