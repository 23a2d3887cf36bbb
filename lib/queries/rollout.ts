// What does somebody need to see of one rollout, and what may this person do about it?

import { pool, prisma } from "../database/database.ts";
import type { Arm } from "../domain/judge-canary.ts";
import type { PersonActor } from "../domain/roles.ts";
import { answersFor, type RolloutAnswers } from "./rollout-answers.ts";
import { readRollout, type RolloutDetail } from "./rollout-detail.ts";
import { readRolloutMarkers, type RolloutMarker } from "./rollout-markers.ts";
import { readRolloutSegments, type SegmentFigures } from "./rollout-segments.ts";
import { readRolloutSeries, type MetricSeries } from "./rollout-series.ts";

export interface RolloutEventRow {
  at: Date;
  kind: string;
  stageIndex: number;
  exposure: number;
  who: string;
  reason: string | null;
}

/** Tasks of one arm in one stage, without those that count for nothing. */
export interface StageTasks {
  stageIndex: number;
  arm: Arm;
  given: number;
  known: number;
}

export interface RolloutView {
  rollout: RolloutDetail;
  change: { title: string; authorId: string; decidedBy: string | null; decidedAt: Date | null };
  current: { number: number; label: string | null };
  candidate: { number: number; label: string | null };
  /** The newest first. */
  events: RolloutEventRow[];
  /** Persons who waived the evidence of this stage, or of the whole rollout before its start; a hold since then voids it. */
  waivers: { personId: string; personName: string; reason: string | null; at: Date }[];
  tasks: StageTasks[];
  /** How many outcomes count for nothing, by why. */
  excluded: { crossed: number; early: number; moved_unit: number };
  /** When the series begin and end; null before the start. */
  span: { from: Date; to: Date } | null;
  series: MetricSeries[];
  segments: SegmentFigures[];
  markers: RolloutMarker[];
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
  const { startedAt, endedAt } = rollout;
  const span = startedAt === null ? null : { from: startedAt, to: endedAt ?? now };
  const [change, versions, events, counted, series, segments] = await Promise.all([
    prisma().change.findUnique({ where: { id: rollout.changeId }, select: { title: true, authorId: true, decidedBy: true, decidedAt: true } }),
    prisma().agentVersion.findMany({ where: { id: { in: [rollout.currentId, rollout.candidateId] } }, select: { id: true, number: true, label: true } }),
    prisma().rolloutEvent.findMany({ where: { rolloutId }, orderBy: { id: "desc" }, take: EVENTS_SHOWN, select: { at: true, kind: true, stageIndex: true, exposure: true, by: true, reason: true } }),
    countTasks(rolloutId),
    span === null ? [] : readRolloutSeries(rolloutId, rollout.plan, rollout.stageIndex, span),
    span === null ? [] : readRolloutSegments(rolloutId),
  ]);
  const version = (id: string) => {
    const found = versions.find((one) => one.id === id);
    return { number: found?.number ?? 0, label: found?.label ?? null };
  };
  const lastHoldAt = events.find(({ kind }) => kind === "held")?.at ?? null;
  const waivedStage = rollout.state === "planned" ? WHOLE_ROLLOUT : rollout.stageIndex;
  const waivers = rollout.approvals.filter(({ kind, stageIndex, at }) => kind === "waive" && stageIndex === waivedStage && (lastHoldAt === null || at >= lastHoldAt))
    .map(({ personId, personName, reason, at }) => ({ personId, personName, reason, at }));
  const shownEvents = events.map(({ by, ...event }) => ({ ...event, who: nameOf(by) }));
  return {
    rollout, change: change ?? { title: "", authorId: "", decidedBy: null, decidedAt: null }, current: version(rollout.currentId), candidate: version(rollout.candidateId),
    events: shownEvents, waivers, ...counted, span, series, segments,
    markers: span === null ? [] : await readRolloutMarkers(rollout.agentId, shownEvents.toReversed(), span),
    may: answersFor(actor, rollout, { authorId: change?.authorId ?? "", waivedBy: waivers.map(({ personId }) => personId) }),
    pulse: pulseOf({ state: rollout.state, revision: rollout.revision, verdictAt: rollout.verdictAt, approvals: rollout.approvals.length }),
  };
}

interface Counted { stageIndex: number; arm: Arm; given: number; known: number; crossed: number; early: number; moved: number }

/** A task in shadow is done by both. */
async function countTasks(rolloutId: string): Promise<Pick<RolloutView, "tasks" | "excluded">> {
  const { rows } = await pool().query<Counted>(
    `SELECT stage_index AS "stageIndex", arm, count(*) FILTER (WHERE exclusion IS NULL)::int AS given, count(*) FILTER (WHERE exclusion IS NULL AND judged_at IS NOT NULL)::int AS known,
            count(*) FILTER (WHERE exclusion = 'crossed')::int AS crossed, count(*) FILTER (WHERE exclusion = 'early')::int AS early, count(*) FILTER (WHERE exclusion = 'moved_unit')::int AS moved
     FROM (
       SELECT stage_index, arm, exclusion, judged_at FROM assignment WHERE rollout_id = $1
       UNION ALL
       SELECT stage_index, 'candidate', NULL, judged_at FROM assignment WHERE rollout_id = $1 AND shadow_values IS NOT NULL AND exclusion IS NULL
     ) task GROUP BY 1, 2 ORDER BY 1, 2`,
    [rolloutId],
  );
  const sum = (read: (row: Counted) => number): number => rows.reduce((total, row) => total + read(row), 0);
  return {
    tasks: rows.map(({ stageIndex, arm, given, known }) => ({ stageIndex, arm, given, known })),
    excluded: { crossed: sum(({ crossed }) => crossed), early: sum(({ early }) => early), moved_unit: sum(({ moved }) => moved) },
  };
}

/** People and keys stand there by name. */
const nameOf = (by: string): string => (by.startsWith("system:") ? "Holdpoint" : by);
