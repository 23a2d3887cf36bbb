// How far was a rollout when it was judged last, and what does everything since then add?

import { z } from "zod";
import type { Arm, Lateness } from "./judge-canary.ts";
import type { PerArm } from "./judge-state.ts";
import { EXCLUSIONS, type Exclusion } from "./task-values.ts";

/** Raised with every change of what is counted: what another version counted is counted again, from every task. */
export const PROGRESS_VERSION = 1;

const count = z.int().min(0);
const perArm = z.tuple([count, count]);
const group = { probability: z.number().gt(0).lt(1), candidate: count, tasks: count };
const lateGroup = z.strictObject({ ageMs: count, ...group, late: count, candidateLate: count });
/** Of what was counted; what was counted of anything else says nothing. */
const scope = { stageIndex: count, exposureIndex: count, isShadow: z.boolean(), sinceMs: z.int(), ages: z.array(count) };

const tallySchema = z.strictObject({
  version: z.literal(PROGRESS_VERSION), ...scope,
  /** Of the log, in which everything that is given out stands in the order of commits: what stands behind it is not counted yet. */
  logSize: count,
  /** Tasks whose time was up before this moment are counted among the late ones or the others. */
  agedUntilMs: z.int(),
  /** Of the stage, without those that count for nothing; in shadow a task is of both. */
  tasks: perArm, known: perArm,
  /** Of the candidate, judged, at the exposure of now. */
  step: count,
  /** Of the whole rollout. */
  excluded: z.strictObject({ early: count, crossed: count, moved_unit: count } satisfies Record<Exclusion, unknown>),
  judgedSince: count, crossedSince: count,
  router: z.array(z.strictObject(group)),
  late: z.array(lateGroup),
});

export type ProgressTally = z.infer<typeof tallySchema>;
export type ProgressScope = Pick<ProgressTally, keyof typeof scope>;
export type LateGroup = z.infer<typeof lateGroup>;

/** What tasks add when they are given out, and when their time is up. */
export type GivenOut = Pick<ProgressTally, "tasks" | "router" | "late" | "logSize">;

export interface CountedTask {
  stageIndex: number;
  exposureIndex: number;
  arm: Arm;
  exclusion: Exclusion | null;
  /** The candidate did it as well, in shadow. */
  isShadowed: boolean;
}

/** Null: of another version, of another shape, of another scope, or of a time that is still to come. */
export function readTally(stored: unknown, { stageIndex, exposureIndex, isShadow, sinceMs, ages }: ProgressScope, now: Date): ProgressTally | null {
  const { data: tally } = tallySchema.safeParse(stored);
  if (tally === undefined || tally.agedUntilMs > now.getTime()) return null;
  const isSameStep = tally.stageIndex === stageIndex && tally.exposureIndex === exposureIndex && tally.isShadow === isShadow;
  return isSameStep && tally.sinceMs === sinceMs && tally.ages.join() === ages.join() ? tally : null;
}

export function withGivenOut(tally: ProgressTally, { tasks, router, late, logSize }: GivenOut, now: Date): ProgressTally {
  return { ...tally, logSize, agedUntilMs: now.getTime(), tasks: plus(tally.tasks, tasks), router: mergeGroups([...tally.router, ...router]), late: mergeGroups([...tally.late, ...late]) };
}

/** What was judged at `now`, each task once. */
export function withJudged(tally: ProgressTally, judged: readonly CountedTask[], now: Date): ProgressTally {
  const ofStage = judged.filter(({ stageIndex, isShadowed }) => stageIndex === tally.stageIndex && (!tally.isShadow || isShadowed));
  const countOf = (all: readonly CountedTask[], isCounted: (task: CountedTask) => boolean): number => all.filter(isCounted).length;
  const byArm = (isCounted: (task: CountedTask) => boolean): PerArm<number> => {
    const [current, candidate] = [countOf(ofStage, (task) => task.arm === "current" && isCounted(task)), countOf(ofStage, (task) => task.arm === "candidate" && isCounted(task))];
    return tally.isShadow ? [current + candidate, current + candidate] : [current, candidate];
  };
  const [outCurrent, outCandidate] = byArm(({ exclusion }) => exclusion !== null);
  const isSince = now.getTime() >= tally.sinceMs;
  return {
    ...tally, tasks: [tally.tasks[0] - outCurrent, tally.tasks[1] - outCandidate], known: plus(tally.known, byArm(({ exclusion }) => exclusion === null)),
    step: tally.step + (tally.isShadow ? 0 : countOf(ofStage, ({ arm, exclusion, exposureIndex }) => arm === "candidate" && exclusion === null && exposureIndex === tally.exposureIndex)),
    excluded: excludedBy((exclusion) => tally.excluded[exclusion] + countOf(judged, (task) => task.exclusion === exclusion)),
    judgedSince: tally.judgedSince + (isSince ? judged.length : 0), crossedSince: tally.crossedSince + (isSince ? countOf(judged, ({ exclusion }) => exclusion === "crossed") : 0),
  };
}

export const excludedBy = (tasksOf: (exclusion: Exclusion) => number): Record<Exclusion, number> => ({ early: tasksOf("early"), crossed: tasksOf("crossed"), moved_unit: tasksOf("moved_unit") });

const plus = (a: PerArm<number>, b: PerArm<number>): PerArm<number> => [a[0] + b[0], a[1] + b[1]];

type Group = { probability: number; ageMs?: number } & Record<string, number>;

/** In the order of their age and their chance, which is the order in which evidence of them is summed up. */
function mergeGroups<Of extends Group>(groups: readonly Of[]): Of[] {
  const merged = new Map<string, Of>();
  for (const one of groups) {
    const key = `${one.ageMs} ${one.probability}`;
    const before = merged.get(key);
    const sums = Object.entries(one).map(([name, value]) => [name, before === undefined || name === "ageMs" || name === "probability" ? value : value + (before[name] ?? 0)]);
    merged.set(key, Object.fromEntries(sums) as Of);
  }
  return [...merged.values()].toSorted((a, b) => (a.ageMs ?? 0) - (b.ageMs ?? 0) || a.probability - b.probability);
}

/** `due`: those whose time is up in this very moment. They are counted with the others once it is over, for they may be judged in it. */
export function latenessAt(tally: ProgressTally, due: readonly LateGroup[]): Lateness[] {
  const groups = mergeGroups([...tally.late, ...due]);
  return tally.ages.map((age) => latenessOf(groups.filter(({ ageMs }) => ageMs === age)));
}

function latenessOf(groups: readonly LateGroup[]): Lateness {
  const sum = (of: (group: LateGroup) => number): number => groups.reduce((total, one) => total + of(one), 0);
  return {
    current: { tasks: sum(({ tasks, candidate }) => tasks - candidate), late: sum(({ late, candidateLate }) => late - candidateLate) },
    candidate: { tasks: sum(({ candidate }) => candidate), late: sum(({ candidateLate }) => candidateLate) },
    groups: groups.map(({ probability, late, candidateLate }) => ({ probability, candidate: candidateLate, tasks: late })),
  };
}

/** What is excluded, as far as anything is. */
export const excludedOf = ({ excluded }: Pick<ProgressTally, "excluded">): Record<string, number> => Object.fromEntries(EXCLUSIONS.flatMap((name) => (excluded[name] > 0 ? [[name, excluded[name]]] : [])));
