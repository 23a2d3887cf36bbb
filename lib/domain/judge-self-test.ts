// Does the judge still find what it has to find? Asked at every start, with data whose answer is known.

import { type CanaryMetric, type CanaryPlan, defaultCanaryPlan, HOLD_AT, ROLL_BACK_AT } from "./canary-plan.ts";
import { type Arm, beginJudging, type CanaryVerdict, judgePair, judgeTask, readVerdict, type TaskValues } from "./judge-canary.ts";
import { randomFrom } from "./random-from.ts";

export interface SelfTestCheck {
  name: "threefold_errors" | "no_difference" | "swapped_arms" | "swapped_shares" | "threefold_in_pairs" | "swapped_pairs";
  expected: string;
  found: string;
  passed: boolean;
}

export interface SelfTestResult {
  passed: boolean;
  checks: SelfTestCheck[];
}

/** As it stands with what the judge said. */
export interface ToldSelfTest {
  passed: boolean;
  checks: number;
  missed: string[];
}

export const toldSelfTest = ({ passed, checks }: SelfTestResult): ToldSelfTest => ({ passed, checks: checks.length, missed: checks.flatMap((one) => (one.passed ? [] : [one.name])) });

export interface Judge {
  beginJudging: typeof beginJudging;
  judgeTask: typeof judgeTask;
  judgePair: typeof judgePair;
  readVerdict: typeof readVerdict;
}

const METRICS: readonly CanaryMetric[] = ["action_errors", "success", "escalation", "violations", "latency", "cost"];
const HISTORIC_TASKS = 400;
const TASKS = 2_400;
const PAIRS = 1_200;
const USUAL_ERRORS = 0.05;
const PROBABILITY = 0.25;

const PLAN: CanaryPlan = {
  ...defaultCanaryPlan("assisted"), unit: "task", metrics: METRICS.map((metric) => ({ metric, weight: 1, isGating: metric === "action_errors", margin: { kind: "ratio", value: 2 }, band: null })),
  stages: [{ stage: "assisted", exposures: [PROBABILITY], minimumTasks: 100, minimumCoverage: 0.9, approver: "nobody", marginRatio: 2 }],
  holdAt: HOLD_AT, rollBackAt: ROLL_BACK_AT, onWorse: "roll_back",
};

const SHADOW_PLAN: CanaryPlan = { ...PLAN, stages: [{ stage: "shadow", exposures: [], minimumTasks: 100, minimumCoverage: 0.9, approver: "nobody", marginRatio: 2 }] };

function drawValues(random: () => number, errors: number): TaskValues {
  const event = (rate: number): number => (random() < rate ? 1 : 0);
  // Twelve uniforms less six are close enough to a normal deviate.
  const deviate = (): number => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
  return { action_errors: event(errors), success: 1 - event(0.1), escalation: event(0.12), violations: event(0.01), latency: 20_000 * Math.exp(0.8 * deviate()), cost: 5e7 * Math.exp(deviate()) };
}

interface Situation {
  seed: number;
  errors: Record<Arm, number>;
  /** What the caller says, given the truth. */
  told: (arm: Arm) => Arm;
}

function verdictIn({ seed, errors, told }: Situation, judge: Judge): CanaryVerdict {
  const random = randomFrom(seed);
  const state = judge.beginJudging(PLAN, { values: Array.from({ length: HISTORIC_TASKS }, () => drawValues(random, USUAL_ERRORS)) });
  const tasks: Record<Arm, number> = { current: 0, candidate: 0 };
  for (let task = 0; task < TASKS; task += 1) {
    const arm: Arm = random() < PROBABILITY ? "candidate" : "current";
    const values = drawValues(random, errors[arm]);
    tasks[told(arm)] += 1;
    judge.judgeTask(state, { isFirstOfUnit: true, arm: told(arm), probability: PROBABILITY, stageIndex: 0, values, hasEscapedViolation: false });
  }
  const { current, candidate } = tasks;
  return judge.readVerdict(state, PLAN, { stageIndex: 0, current: { tasks: current, known: current }, candidate: { tasks: candidate, known: candidate } });
}

/** Tasks that both versions do, as in shadow. */
function verdictOfPairs({ seed, errors }: Pick<Situation, "seed" | "errors">, judge: Judge): CanaryVerdict {
  const random = randomFrom(seed);
  const state = judge.beginJudging(SHADOW_PLAN, { values: Array.from({ length: HISTORIC_TASKS }, () => drawValues(random, USUAL_ERRORS)) });
  for (let pair = 0; pair < PAIRS; pair += 1) judge.judgePair(state, { stageIndex: 0, current: drawValues(random, errors.current), candidate: drawValues(random, errors.candidate), hasEscapedViolation: false });
  const all = { tasks: PAIRS, known: PAIRS };
  return judge.readVerdict(state, SHADOW_PLAN, { stageIndex: 0, current: all, candidate: all });
}

const asTold = (arm: Arm): Arm => arm;
const swapped = (arm: Arm): Arm => (arm === "current" ? "candidate" : "current");
const errorsOf = ({ metrics }: CanaryVerdict): string => metrics.find(({ metric }) => metric === "action_errors")?.verdict ?? "nothing";

/** `judge` is another one only where the self-test itself is tested. The caller measures the time. */
export function runJudgeSelfTest(judge: Judge = { beginJudging, judgeTask, judgePair, readVerdict }): SelfTestResult {
  const usual = { current: USUAL_ERRORS, candidate: USUAL_ERRORS };
  const threefold = verdictIn({ seed: 1, errors: { ...usual, candidate: 3 * USUAL_ERRORS }, told: asTold }, judge);
  const same = verdictIn({ seed: 2, errors: usual, told: asTold }, judge);
  const third = verdictIn({ seed: 3, errors: { ...usual, current: 3 * USUAL_ERRORS }, told: asTold }, judge);
  const shares = verdictIn({ seed: 4, errors: usual, told: swapped }, judge);
  const threefoldPairs = verdictOfPairs({ seed: 5, errors: { ...usual, candidate: 3 * USUAL_ERRORS } }, judge);
  const thirdOfPairs = verdictOfPairs({ seed: 6, errors: { ...usual, current: 3 * USUAL_ERRORS } }, judge);
  const checks: SelfTestCheck[] = [
    check("threefold_errors", "roll_back, action_errors worse", `${threefold.decision}, action_errors ${errorsOf(threefold)}`),
    check("no_difference", "nothing worse, sample ratio clean", `${same.named.length === 0 && same.eWorse < HOLD_AT ? "nothing" : "something"} worse, sample ratio ${same.sampleRatio.isClean ? "clean" : "not clean"}`),
    check("swapped_arms", "action_errors better", `action_errors ${errorsOf(third)}`),
    check("swapped_shares", "hold, sample_ratio", `${shares.decision}, ${shares.because.code}`),
    check("threefold_in_pairs", "roll_back, action_errors worse", `${threefoldPairs.decision}, action_errors ${errorsOf(threefoldPairs)}`),
    check("swapped_pairs", "action_errors better", `action_errors ${errorsOf(thirdOfPairs)}`),
  ];
  return { passed: checks.every(({ passed }) => passed), checks };
}

const check = (name: SelfTestCheck["name"], expected: string, found: string): SelfTestCheck => ({ name, expected, found, passed: expected === found });
