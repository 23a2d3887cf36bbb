import { Card } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { clockTenth, seconds, since, type ShownPoint, type ShownStop, type StopMoment } from "@/lib/domain/stop-words.ts";
import { formatDay } from "@/lib/format.ts";

interface Moment {
  key: string;
  at: string;
  mark: StatusKind;
  title: string;
  detail?: string | undefined;
}

function foundMoment({ kind, at, elapsedMs }: StopMoment): Omit<Moment, "key"> {
  if (kind === "stop.proven") return { at, mark: "stopped", title: elapsedMs === null ? "Proven" : `Proven in ${seconds(elapsedMs)}` };
  return { at, mark: "critical", title: kind === "stop.not_proven" ? "Not proven within 10 s" : "Not proven any more: a point contradicted it" };
}

/** What somebody said in the same moment is one word. */
function wordsOf({ proof }: ShownStop): Moment[] {
  const words = Map.groupBy(proof?.points.filter(({ state }) => state === "ended") ?? [], ({ endedAt, endedBy }) => `${endedAt} ${endedBy}`);
  return [...words].map(([key, points]) => {
    const [{ endedAt, endedBy, lastHeardAt }] = points as [ShownPoint, ...ShownPoint[]];
    return { key: `ended ${key}`, at: endedAt ?? lastHeardAt, mark: "waiting", title: `${endedBy ?? "Somebody"} said: ended`, detail: points.map(({ name }) => name).join(", ") };
  });
}

function momentsOf(stop: ShownStop, found: readonly StopMoment[]): Moment[] {
  const { proof, release } = stop;
  const after = (at: string): string => `${seconds(since(stop.engagedAt, at))} after the latch`;
  const last = proof?.lastConfirmedAt ?? null;
  const moments: (Moment | null)[] = [
    { key: "engaged", at: stop.engagedAt, mark: "open", title: "Stopping: the latch was stored", detail: `By ${stop.engagedBy}` },
    last === null ? null : { key: "confirmed", at: last, mark: "met", title: `Confirmed by ${(proof?.confirmed ?? 0).toLocaleString("en")}`, detail: `The last one ${after(last)}` },
    !proof || proof.probeRefusedAt === null ? null : { key: "probe", at: proof.probeRefusedAt, mark: "met", title: "A probe call was refused", detail: after(proof.probeRefusedAt) },
    ...wordsOf(stop),
    ...found.map((moment) => ({ key: `${moment.kind} ${moment.at}`, ...foundMoment(moment) })),
    release === null ? null : { key: "asked", at: release.askedAt, mark: "waiting", title: `${release.askedBy} asked for release`, detail: release.reason },
    stop.releasedAt === null ? null : { key: "released", at: stop.releasedAt, mark: "met", title: `Released by ${stop.releasedBy ?? "somebody"}`, detail: "That permits a restart and does not cause one." },
    stop.restartedAt === null ? null : { key: "restarted", at: stop.restartedAt, mark: "met", title: `${stop.restartedBy ?? "Somebody"} let the runs go on that it cut` },
  ];
  return moments.filter((moment) => moment !== null).toSorted((a, b) => a.at.localeCompare(b.at));
}

/** The times of each, in the order in which they came. */
export function StopTimeline({ stop, moments }: { stop: ShownStop; moments: readonly StopMoment[] }) {
  return (
    <Card title="Times">
      <Rows label="Times" ordered>
        {momentsOf(stop, moments).map(({ key, at, mark, title, detail }) => (
          <Row key={key} mark={mark} title={title} detail={detail} aside={<time dateTime={at} title={`${formatDay(at)} ${clockTenth(at)} UTC`}>{clockTenth(at)}</time>} />
        ))}
      </Rows>
    </Card>
  );
}
