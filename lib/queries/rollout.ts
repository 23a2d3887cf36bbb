// What does somebody need to see of one rollout, and what may this person do about it?

import { pool, prisma } from "../database/database.ts";
import { stillPermitted } from "../database/still-permitted.ts";
import { namingWhomToAsk } from "../database/whom-to-ask.ts";
import { readUsualPlan } from "../database/usual-plan.ts";
import type { Arm } from "../domain/judge-canary.ts";
import type { PersonActor } from "../domain/roles.ts";
import type { SizedSegment } from "../domain/segment-tally.ts";
import { weakerThan } from "../domain/weaker-plan.ts";
import { answersFor, type RolloutAnswers } from "./rollout-answers.ts";
import { readAftermath, type RolloutAftermath } from "./rollout-aftermath.ts";
import { readRollout, type RolloutDetail } from "./rollout-detail.ts";
import { readRolloutMarkers, type RolloutMarker } from "./rollout-markers.ts";
import { readDifferingTasks, type DifferingTask } from "./rollout-recommendations.ts";
import { readRolloutSegments } from "./rollout-segments.ts";
import { readRolloutSeries, type MetricSeries } from "./rollout-series.ts";
import { readRolloutSpan, type RolloutSpan } from "./rollout-span.ts";
import { readRolloutTasks, type RolloutTasks } from "./rollout-tasks.ts";

export interface RolloutEventRow {
  at: Date;
  kind: string;
  stageIndex: number;
  exposure: number;
  who: string;
  reason: string | null;
}

export interface RolloutView extends RolloutTasks {
  rollout: RolloutDetail;
  change: { title: string; authorIds: string[]; decidedBy: string | null; decidedAt: Date | null };
  current: { number: number; label: string | null };
  candidate: { number: number; label: string | null };
  /** The newest first. */
  events: RolloutEventRow[];
  /** Persons who waived the evidence of this stage, or of the whole rollout before its start; a hold since then voids it. */
  waivers: { personId: string; personName: string; reason: string | null; at: Date }[];
  /** Outcomes that were reported otherwise after they were judged, and still are. */
  corrected: Record<Arm, number>;
  aftermath: RolloutAftermath | null;
  /** When the series begin and end; null before the start. */
  span: RolloutSpan | null;
  series: MetricSeries[];
  segments: SizedSegment[];
  /** Tasks of shadow in which the candidate recommended something else than was done; the newest. */
  differing: DifferingTask[];
  markers: RolloutMarker[];
  /** In what its plan is weaker than the usual one; each completes "It …". */
  weaker: string[];
  may: RolloutAnswers;
  pulse: RolloutPulse;
}

export interface RolloutPulse {
  state: string;
  revision: number;
  verdictAt: string | null;
  approvals: number;
}

const pulseOf = (row: { state: string; revision: number; verdictAt: Date | null; approvals: number }): RolloutPulse => ({ ...row, verdictAt: row.verdictAt?.toISOString() ?? null });

/** What an open page asks again and again; null when there is no such rollout. */
export async function findRolloutPulse(rolloutId: string): Promise<RolloutPulse | null> {
  const row = await prisma().rollout.findUnique({ where: { id: rolloutId }, select: { state: true, revision: true, verdictAt: true, _count: { select: { approvals: true } } } });
  return row && pulseOf({ state: row.state, revision: row.revision, verdictAt: row.verdictAt, approvals: row._count.approvals });
}

const EVENTS_SHOWN = 200;
/** The stage number under which waivers of a rollout that has not started are kept. */
const WHOLE_ROLLOUT = -1;

/** `null`: there is no such rollout. */
export async function findRollout(rolloutId: string, actor: PersonActor, now: Date): Promise<RolloutView | null> {
  const rollout = await readRollout(rolloutId);
  if (!rollout) return null;
  const events = await prisma().rolloutEvent.findMany({ where: { rolloutId }, orderBy: { id: "desc" }, take: EVENTS_SHOWN, select: { at: true, kind: true, stageIndex: true, exposure: true, by: true, reason: true } });
  const span = await readRolloutSpan(rollout, events, now);
  const [change, versions, counted, corrected, aftermath, series, segments, differing, usual] = await Promise.all([
    prisma().change.findUnique({ where: { id: rollout.changeId }, select: { title: true, authorIds: true, decidedBy: true, decidedAt: true } }),
    prisma().agentVersion.findMany({ where: { id: { in: [rollout.currentId, rollout.candidateId] } }, select: { id: true, number: true, label: true } }),
    readRolloutTasks(rolloutId),
    countCorrections(rolloutId),
    readAftermath(rollout),
    span === null ? [] : readRolloutSeries(rolloutId, rollout.plan, rollout.stageIndex, span),
    span === null ? [] : readRolloutSegments(rollout),
    rollout.verdict?.recommendations ? readDifferingTasks(rollout) : [],
    readUsualPlan(prisma(), rolloutId, rollout.plan),
  ]);
  const version = (id: string) => {
    const found = versions.find((one) => one.id === id);
    return { number: found?.number ?? 0, label: found?.label ?? null };
  };
  const lastHoldAt = events.find(({ kind }) => kind === "held")?.at ?? null;
  const waivedStage = rollout.state === "planned" ? WHOLE_ROLLOUT : rollout.stageIndex;
  const given = rollout.approvals.filter(({ kind, stageIndex, at }) => kind === "waive" && stageIndex === waivedStage && (lastHoldAt === null || at >= lastHoldAt));
  const standing = new Set((await stillPermitted(prisma(), given.map(({ personId }) => personId), "rollout:waive", rollout.agentId, now)).map(({ actor: { id } }) => id));
  const waivers = given.filter(({ personId }) => standing.has(personId)).map(({ personId, personName, reason, at }) => ({ personId, personName, reason, at }));
  const weaker = weakerThan(rollout.plan, usual);
  const about = { authorIds: change?.authorIds ?? [], waivedBy: waivers.map(({ personId }) => personId), weaker };
  const shownEvents = events.map(({ by, ...event }) => ({ ...event, who: nameOf(by) }));
  return {
    rollout, change: change ?? { title: "", authorIds: [], decidedBy: null, decidedAt: null }, current: version(rollout.currentId), candidate: version(rollout.candidateId),
    events: shownEvents, waivers, ...counted, corrected, aftermath, span, series, segments, differing,
    markers: span === null ? [] : await readRolloutMarkers(rollout.agentId, shownEvents.toReversed(), span),
    weaker, may: await namingWhomToAsk({ actor }, rollout.agentId, (person) => answersFor(person.actor, rollout, about), now),
    pulse: pulseOf({ state: rollout.state, revision: rollout.revision, verdictAt: rollout.verdictAt, approvals: rollout.approvals.length }),
  };
}

async function countCorrections(rolloutId: string): Promise<Record<Arm, number>> {
  const { rows } = await pool().query<{ arm: Arm; corrected: number }>("SELECT arm, count(*)::int AS corrected FROM assignment WHERE rollout_id = $1 AND values ? 'corrected' AND NOT values @> (values->'corrected') GROUP BY arm", [rolloutId]);
  const of = (arm: Arm): number => rows.find((row) => row.arm === arm)?.corrected ?? 0;
  return { current: of("current"), candidate: of("candidate") };
}

/** People and keys stand there by name. */
const nameOf = (by: string): string => (by.startsWith("system:") ? "Holdpoint" : by);
