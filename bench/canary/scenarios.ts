// What can happen to a rollout? The changes a judge has to be silent about, and those it has to find.

export const SIMULATED_METRICS = ["action_errors", "escalation", "violations", "latency", "cost"] as const;
export type SimulatedMetric = (typeof SIMULATED_METRICS)[number];

/** What a version does to its tasks: rates as marginal probabilities, the rest as factors on the usual world. */
export interface World {
  action_errors: number;
  escalation: number;
  violations: number;
  latencyFactor: number;
  costFactor: number;
  /** Share of tasks that get into a loop, and how often each of those pays. */
  loopShare: number;
  loopFactor: number;
  /** Shift of the difficulty that all metrics share, in standard deviations. */
  difficulty: number;
}

export const USUAL: World = { action_errors: 0.04, escalation: 0.12, violations: 0.01, latencyFactor: 1, costFactor: 1, loopShare: 0, loopFactor: 1, difficulty: 0 };

export interface RampStep {
  exposure: number;
  /** Tasks of the candidate in this step. */
  tasks: number;
}

export const RAMP: readonly RampStep[] = [{ exposure: 0.1, tasks: 500 }, { exposure: 0.25, tasks: 500 }, { exposure: 0.5, tasks: 1_000 }];

export interface Moment {
  isCandidate: boolean;
  /** Tasks the candidate has had so far. */
  candidateTasks: number;
  stage: number;
}

export interface Scenario {
  name: string;
  /** The one metric that changes, and which way; null where nothing or several do. */
  changed: { metric: SimulatedMetric; direction: "up" | "down" } | null;
  /** Tasks of the candidate before anything changes. */
  unchangedTasks?: number;
  isNull: boolean;
  ramp: readonly RampStep[];
  world: (moment: Moment) => World;
}

const quiet = (name: string, world: Scenario["world"] = () => USUAL, ramp = RAMP): Scenario => ({ name, changed: null, isNull: true, ramp, world });

const changed = (name: string, metric: SimulatedMetric | null, candidate: Partial<World>, direction: "up" | "down" = "up"): Scenario => {
  const world = { ...USUAL, ...candidate };
  return { name, changed: metric && { metric, direction }, isNull: false, ramp: RAMP, world: ({ isCandidate }) => (isCandidate ? world : USUAL) };
};

const OUTAGE: World = { ...USUAL, action_errors: 0.14, escalation: 0.25, latencyFactor: 2, costFactor: 1.5 };
const HARDER: World = { ...USUAL, difficulty: 1 };
const LOOP_SHARE = 0.12;

// A slow change in 40 steps: a world for every task would have its probabilities solved anew each time.
const DRIFT_TASKS = 1_500;
const DRIFT = Array.from({ length: 41 }, (_, step) => ({ ...USUAL, action_errors: USUAL.action_errors * (1 + (1.5 * step) / 40) }));
const LATE_AFTER = 1_000;
const LATE = { ...USUAL, action_errors: 2 * USUAL.action_errors };

const aRamp = (...steps: [exposure: number, tasks: number][]): RampStep[] => steps.map(([exposure, tasks]) => ({ exposure, tasks }));

export const SCENARIOS: readonly Scenario[] = [
  quiet("null"),
  quiet("outage", ({ candidateTasks }) => (candidateTasks >= 600 && candidateTasks < 800 ? OUTAGE : USUAL)),
  quiet("mix", ({ stage }) => (stage === 2 ? HARDER : USUAL)),
  quiet("A/A 5-20-50", undefined, aRamp([0.05, 500], [0.2, 500], [0.5, 1_000])),
  quiet("A/A 50", undefined, aRamp([0.5, 2_000])),
  quiet("A/A 50-25-10", undefined, aRamp([0.5, 1_000], [0.25, 500], [0.1, 500])),
  changed("err x1.5", "action_errors", { action_errors: 0.06 }),
  changed("err x2", "action_errors", { action_errors: 0.08 }),
  changed("err x3", "action_errors", { action_errors: 0.12 }),
  changed("esc drop", "escalation", { escalation: 0.06 }, "down"),
  changed("esc rise", "escalation", { escalation: 0.2 }),
  changed("retry x2", "cost", { loopShare: LOOP_SHARE, loopFactor: 1 + 1 / LOOP_SHARE }),
  changed("lat +30%", "latency", { latencyFactor: 1.3 }),
  changed("viol x3", "violations", { violations: 0.03 }),
  {
    ...changed("drift", "action_errors", {}),
    world: ({ isCandidate, candidateTasks }) => (isCandidate ? (DRIFT[Math.min(40, Math.floor((40 * candidateTasks) / DRIFT_TASKS))] ?? USUAL) : USUAL),
  },
  { ...changed("late x2", "action_errors", {}), unchangedTasks: LATE_AFTER, world: ({ isCandidate, stage }) => (isCandidate && stage === 2 ? LATE : USUAL) },
  changed("mixed", null, { action_errors: 0.06, escalation: 0.09, costFactor: 1.2, latencyFactor: 1.15 }),
];
