import { Fragment } from "react";
import { classNames } from "@/components/ui/class-names.ts";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import { UNDER_WAY_MS } from "@/lib/domain/stop-proof.ts";
import { allPoints, clockTenth, coversNobody, mayAct, pointWords, seconds, since, stopHeadline, stopSentence, stopSubject, toldState, type ShownPoint, type ShownProof, type ShownStop, type ToldState } from "@/lib/domain/stop-words.ts";
import { paths } from "@/lib/paths.ts";

const SHAPE: Record<ToldState, StatusKind> = { stopping: "unknown", proven: "stopped", not_proven: "critical", released: "met", unknown: "unknown" };
/** More than these would be hair lines; then the three shares are drawn. */
const MOST_SEGMENTS = 48;
const MOST_CONFIRMED = 24;

interface StopProofViewProps {
  stop: ShownStop;
  headingId?: string | undefined;
  level?: 1 | 2 | undefined;
  /** The signed-in person engaged it. */
  isOwn?: boolean | undefined;
}

/** What a stop has reached: the sentence, k of n, and each point by name, the missing first. */
export function StopProofView({ stop, headingId, level = 2, isOwn = false }: StopProofViewProps) {
  const Heading = `h${level}` as const;
  const state = toldState(stop);
  const { proof } = stop;
  const isStopped = state === "proven" && proof !== null && !coversNobody(proof);
  const elapsed = state === "stopping" || state === "not_proven" ? `, ${seconds(since(stop.engagedAt, stop.readAt))} ago` : "";
  return (
    <div className="stop-proof" data-state={state}>
      {stop.releasedAt === null && (
        <p className="stop-latched">
          <StatusShape kind="stopped" />
          <span><b>{isStopped ? `${stopSubject(stop)} is stopped.` : `${stopSubject(stop)}: stop is stored.`}</b> Latched until two people release it.</span>
        </p>
      )}
      <div className="stop-in">
        <Heading className="stop-verdict" id={headingId} tabIndex={-1}>
          <StatusShape kind={SHAPE[state]} />
          <span>{stopHeadline(stop)}</span>
        </Heading>
        <p className="stop-sentence">Stored {clockTenth(stop.engagedAt)} UTC by {isOwn ? "you" : stop.engagedBy}{stop.epoch !== null && `, epoch ${stop.epoch.toLocaleString("en")}`}{elapsed}. {stopSentence(stop)}</p>
        {proof && allPoints(proof) > 0 && stop.releasedAt === null && <Segments proof={proof} />}
        {state === "not_proven" && <NextStep stopId={stop.id} proof={proof} />}
      </div>
      {proof && <Figures stop={stop} proof={proof} />}
      {proof && <PointList stop={stop} proof={proof} />}
    </div>
  );
}

function Segments({ proof }: { proof: ShownProof }) {
  const all = allPoints(proof);
  const parts = [{ key: "yes", count: proof.confirmed }, { key: "closed", count: proof.closed }, { key: "missing", count: proof.missing }];
  const label = `${proof.confirmed} of ${all} confirmed, ${proof.closed} closed, ${proof.missing} missing`;
  return (
    <div className="stop-segments" role="img" aria-label={label}>
      {parts.map(({ key, count }) => (all > MOST_SEGMENTS
        ? count > 0 && <i key={key} className={`seg-${key}`} style={{ flexGrow: count }} />
        : <Fragment key={key}>{Array.from({ length: count }, (_, index) => <i key={index} className={`seg-${key}`} />)}</Fragment>))}
    </div>
  );
}

function NextStep({ stopId, proof }: { stopId: string; proof: ShownProof | null }) {
  const actors = proof === null ? 0 : mayAct(proof);
  return (
    <div className="actions mt-4">
      {actors > 0 ? <Link className="btn btn-primary" href={paths.stopKeys(stopId)}>{actors === 1 ? "Revoke its key" : "Revoke their keys"}</Link> : <Link className="btn" href={paths.stops()}>{proof !== null && proof.readsOn > 0 ? "Look at the enforcement points" : "Look at the stop path"}</Link>}
      {proof !== null && proof.missing > 0 && <Link className="btn btn-quiet" href={`${paths.stopKeys(stopId)}#ended`}>{proof.missing === 1 ? "Its process has ended" : "Their processes have ended"}</Link>}
    </div>
  );
}

function Figures({ stop, proof }: { stop: ShownStop; proof: ShownProof }) {
  const from = new Date(Date.parse(stop.engagedAt) + UNDER_WAY_MS).toISOString();
  const figures = [
    proof.callsSince !== null && from < stop.readAt && { value: proof.callsSince.toLocaleString("en"), words: <>calls that change something began since {clockTenth(from)}</>, isAlarm: proof.callsSince > 0 },
    { value: stop.agents.toLocaleString("en"), words: stop.agents === 1 ? "agent covered" : "agents covered", isAlarm: false },
  ].filter((figure) => figure !== false);
  return (
    <dl className="stop-figures">
      {figures.map((figure, index) => (
        <div key={index}>
          <dd className={classNames(figure.isAlarm && "text-crit")}>{figure.value}</dd>
          <dt>{figure.words}</dt>
        </div>
      ))}
    </dl>
  );
}

const POINT_SHAPE: Record<ShownPoint["state"], StatusKind> = { missing: "unknown", reads_on: "unknown", ended: "waiting", closed: "waiting", confirmed: "met" };
const POINT_WORD: Record<ShownPoint["state"], string> = { missing: "missing", reads_on: "reads on", ended: "said to have ended", closed: "closed", confirmed: "confirmed" };

function PointList({ stop, proof }: { stop: ShownStop; proof: ShownProof }) {
  const isOfMany = new Set(proof.points.map((point) => point.agentId)).size > 1;
  const attention = proof.points.filter((point) => point.state !== "confirmed");
  const confirmed = proof.points.filter((point) => point.state === "confirmed").slice(0, MOST_CONFIRMED);
  const unshown = allPoints(proof) - attention.length - confirmed.length;
  if (allPoints(proof) === 0) return null;
  return (
    <ul className="stop-points" aria-label="Enforcement points">
      {[...attention, ...confirmed].map((point) => (
        <li key={point.id} className={point.state === "confirmed" ? undefined : point.state === "closed" || point.state === "ended" ? "is-closed" : "is-missing"}>
          <StatusShape kind={point.fault === null || point.state === "ended" ? POINT_SHAPE[point.state] : "critical"} />
          <span className="name"><b>{point.name}</b>{isOfMany && <span className="text-fg-3"> {point.agentId}</span>}<span className="sr-only">, {POINT_WORD[point.state]}: </span></span>
          <span className="words">{pointWords(point, stop.engagedAt, stop.readAt)}</span>
        </li>
      ))}
      {unshown > 0 && <li className="is-more">and {unshown.toLocaleString("en")} more</li>}
    </ul>
  );
}
