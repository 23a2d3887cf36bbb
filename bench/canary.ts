// Is the judge of rollouts never fooled, and how soon does it find what is worse? Beside its peers, on the same seeded rollouts.

import { printTable } from "./print-table.ts";
import { runJudgeSelfTest } from "../lib/domain/judge-self-test.ts";
import { judgeCostMicros } from "./canary/judge-cost.ts";
import { type Method, METHODS } from "./canary/methods.ts";
import { PROMOTION_CASES } from "./canary/promotions.ts";
import { realPairs } from "./canary/real-pairs.ts";
import { Results } from "./canary/results.ts";
import { batchesOf, runBatches } from "./canary/run-batches.ts";
import { SCENARIOS } from "./canary/scenarios.ts";
import { percent, type Target, targetsOf } from "./canary/targets.ts";
import { type Batch, SEED } from "./canary/worker.ts";

const DEFAULT_SIMULATIONS = 1_000;
/** A share near 5 % is told more exactly for the gate, which costs less. */
const PROMOTIONS_PER_SIMULATION = 20;
/** So that a bound on 3 to 4 % of false alarms stays below 5 %. */
const QUIET_PER_SIMULATION = 6;
const FOUND_BY_ALL = 0.99;

function simulationsWanted(): number {
  const wanted = Number(process.env.BENCH_SIMS ?? DEFAULT_SIMULATIONS);
  if (!Number.isInteger(wanted) || wanted < 20) throw new Error("BENCH_SIMS must be a whole number of at least 20");
  return wanted;
}

function tableOf(results: Results, methods: readonly Method[], isCalibrated: boolean): string[][] {
  const alarming = SCENARIOS.filter(({ isNull }) => !isNull);
  return [
    ["", "line", ...SCENARIOS.map(({ name }) => name)],
    ...methods.map((method) => [
      method.name, results.lineOf(method, isCalibrated).toFixed(2),
      ...SCENARIOS.filter(({ isNull }) => isNull).map(({ name }) => percent(results.share(method, name, isCalibrated))),
      // Where quiet rollouts alarm as a rule, how soon says nothing.
      ...alarming.map(({ name }) => (!isCalibrated && results.share(method, "null", false) > 0.2 ? "-" : delayOf(results, method, name, isCalibrated))),
    ]),
  ];
}

function delayOf(results: Results, method: Method, scenario: string, isCalibrated: boolean): string {
  const median = results.median(method, scenario, isCalibrated);
  const share = results.share(method, scenario, isCalibrated);
  return `${median ?? ""}${share < FOUND_BY_ALL ? `${median === null ? "" : " "}(${percent(share, 0)})` : ""}`;
}

function costTarget(): Target {
  const { median, best, worst } = judgeCostMicros();
  return { name: "T7 judge cost per outcome", goal: "≤ 20 µs, six hypotheses", figure: `${median.toFixed(1)} µs (${best.toFixed(1)} to ${worst.toFixed(1)})`, isMet: median <= 20 };
}

function selfTestTarget(): Target {
  const startMs = performance.now();
  const { passed, checks } = runJudgeSelfTest();
  const tookMs = performance.now() - startMs;
  return { name: "T8 judge self-test", goal: "a threefold regression holds, no difference does not, swapped arms are seen", figure: `${checks.map((check) => `${check.name} ${check.passed ? "passed" : `FAILED: ${check.found}`}`).join(", ")} in ${tookMs.toFixed(0)} ms`, isMet: passed };
}

const words = ({ isMet }: Target): string => (isMet === null ? "too few simulations" : isMet ? "met" : "NOT MET");

const rolloutsOf = (name: string, simulations: number, isNull: boolean): Batch[] =>
  batchesOf("rollouts", name, (isNull ? QUIET_PER_SIMULATION : 1) * simulations).map((batch) => ({ ...batch, isOursOnly: batch.from >= simulations }));

export async function canary(): Promise<void> {
  const simulations = simulationsWanted();
  const others = [costTarget(), selfTestTarget()];
  let shown = -1;
  const answers = await runBatches(
    [...SCENARIOS.flatMap(({ name, isNull }) => rolloutsOf(name, simulations, isNull)), ...PROMOTION_CASES.flatMap(({ name }) => batchesOf("promotions", name, PROMOTIONS_PER_SIMULATION * simulations))],
    (done) => {
      const tenth = Math.floor(10 * done);
      if (tenth > shown) process.stderr.write(`${10 * tenth} % simulated\n`);
      shown = Math.max(shown, tenth);
    },
  );
  const results = new Results(answers);
  console.log(`${simulations} seeded rollouts of each scenario ("${SEED} <scenario> <number>"), ${QUIET_PER_SIMULATION} times as many by our judge where nothing changes, up to 2000 tasks of the candidate.`);
  console.log("False alarms over the whole rollout, then the median number of the candidate's tasks until the alarm (share found where below 99 %).\n");
  console.log("A. Each with the line of its own documentation");
  printTable(tableOf(results, METHODS, false));
  console.log("\nB. Each with the line at which 5 % of quiet rollouts alarm, which only a simulation knows");
  printTable(tableOf(results, METHODS.filter(({ isFixed }) => !isFixed), true));
  console.log("\nC. Targets");
  for (const target of [...targetsOf(results), ...others]) console.log(`${words(target).padEnd(8)} ${target.name}: ${target.figure}; goal ${target.goal}`);
  console.log("\nD. Recorded pairs");
  realPairs();
}
