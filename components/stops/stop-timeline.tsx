import { Card } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { clockTenth, seconds, since, type ShownStop } from "@/lib/domain/stop-words.ts";
import { formatDay } from "@/lib/format.ts";

interface Moment {
  key: string;
  at: string;
  mark: StatusKind;
  title: string;
  detail?: string | undefined;
}

function momentsOf(stop: ShownStop): Moment[] {
  const { proof, release } = stop;
  const after = (at: string): string => `${seconds(since(stop.engagedAt, at))} after the latch`;
  const last = proof?.points.reduce<string | null>((latest, { confirmedAt }) => (confirmedAt !== null && (latest === null || confirmedAt > latest) ? confirmedAt : latest), null) ?? null;
  const moments: (Moment | null)[] = [
    { key: "engaged", at: stop.engagedAt, mark: "open", title: "Stopping: the latch was stored", detail: `By ${stop.engagedBy}` },
    last === null ? null : { key: "confirmed", at: last, mark: "met", title: `Confirmed by ${(proof?.confirmed ?? 0).toLocaleString("en")}`, detail: `The last one ${after(last)}` },
    !proof || proof.probeRefusedAt === null ? null : { key: "probe", at: proof.probeRefusedAt, mark: "met", title: "A probe call was refused", detail: after(proof.probeRefusedAt) },
    stop.notProvenAt === null ? null : { key: "not-proven", at: stop.notProvenAt, mark: "critical", title: "Not proven within 10 s" },
    !proof || proof.provenAt === null ? null : { key: "proven", at: proof.provenAt, mark: "stopped", title: `Proven in ${seconds(proof.elapsedMs)}` },
    release === null ? null : { key: "asked", at: release.askedAt, mark: "waiting", title: `${release.askedBy} asked for release`, detail: release.reason },
    stop.releasedAt === null ? null : { key: "released", at: stop.releasedAt, mark: "met", title: `Released by ${stop.releasedBy ?? "somebody"}`, detail: "That permits a restart and does not cause one." },
  ];
  return moments.filter((moment) => moment !== null).toSorted((a, b) => a.at.localeCompare(b.at));
}

/** The times of each, in the order in which they came. */
export function StopTimeline({ stop }: { stop: ShownStop }) {
  return (
    <Card title="Times">
      <Rows label="Times" ordered>
        {momentsOf(stop).map(({ key, at, mark, title, detail }) => (
          <Row key={key} mark={mark} title={title} detail={detail} aside={<time dateTime={at} title={`${formatDay(at)} ${clockTenth(at)} UTC`}>{clockTenth(at)}</time>} />
        ))}
      </Rows>
    </Card>
  );
}
