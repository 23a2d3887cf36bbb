// Which targets are met? Each with its figure, from the simulations.

import { LOG_HOLD, LOG_ROLL_BACK } from "./judged-rollout.ts";
import { shareReaching } from "./highs.ts";
import { KAYENTA, type Method, METHODS, OURS, SEQUENCE_1000, SEQUENCE_5000, STRATIFIED } from "./methods.ts";
import { type Results, upperBound } from "./results.ts";
import { SCENARIOS } from "./scenarios.ts";

export interface Target {
  name: string;
  goal: string;
  figure: string;
  /** Null: so few simulations cannot tell. */
  isMet: boolean | null;
}

export const methodOf = (name: string): Method => {
  const method = METHODS.find((one) => one.name === name);
  if (!method) throw new Error(`no method ${name}`);
  return method;
};

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

function falseAlarms(results: Results, line: number, most: number, isBoundTold: boolean): Omit<Target, "name" | "goal"> {
  const shares = SCENARIOS.filter(({ isNull }) => isNull).map(({ name }) => ({ name, share: shareReaching(results.highs(OURS, name), line), n: results.highs(OURS, name).length }));
  const bounds = shares.map(({ share, n }) => upperBound(Math.round(share * n), n));
  const highest = Math.max(...shares.map(({ share }) => share));
  const isMet = Math.max(...bounds) <= most || (!isBoundTold && highest <= most) ? true : highest > most ? false : null;
  const hits = shares.reduce((sum, { share, n }) => sum + Math.round(share * n), 0);
  const all = shares.reduce((sum, { n }) => sum + n, 0);
  return { figure: `${percent(hits / all)} (≤ ${percent(upperBound(hits, all))}) of all ${all}; ${shares.map(({ name, share }, index) => `${name} ${percent(share)} (≤ ${percent(bounds[index] ?? 1)})`).join(", ")}`, isMet };
}

const DELAYS: readonly (readonly [scenario: string, most: number])[] = [
  ["err x2", 340], ["err x3", 95], ["esc drop", 270], ["esc rise", 230], ["retry x2", 95], ["lat +30%", 125], ["viol x3", 460],
];

/** Geometric mean over scenarios of our median by theirs, both with lines at which a twentieth of quiet rollouts alarm. */
export function delayRatio(results: Results, peer: string, scenarios: readonly string[]): number {
  const logs = scenarios.map((scenario) => {
    const [ours, theirs] = [results.median(methodOf(OURS), scenario, true), results.median(methodOf(peer), scenario, true)];
    return ours === null || theirs === null ? NaN : Math.log(ours / theirs);
  });
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

function speedTargets(results: Results): Target[] {
  const ours = methodOf(OURS);
  const medians = DELAYS.map(([scenario, most]): Target => {
    const median = results.median(ours, scenario, false);
    return { name: `T2 ${scenario}`, goal: `median ≤ ${most} tasks`, figure: `${median ?? "more than half never"} (found ${percent(results.share(ours, scenario, false))})`, isMet: median !== null && median <= most };
  });
  const [drift, driftShare] = [results.median(ours, "drift", false), results.share(ours, "drift", false)];
  const lateShare = results.share(ours, "late x2", false);
  const all = DELAYS.map(([scenario]) => scenario);
  const ratios: readonly (readonly [peer: string, most: number, scenarios: readonly string[]])[] = [
    [SEQUENCE_1000, 0.5, all], [STRATIFIED, 0.95, all], [KAYENTA, 0.35, all.filter((scenario) => scenario !== "viol x3")],
  ];
  return [
    ...medians,
    { name: "T2 drift", goal: "median ≤ 1220 tasks, found ≥ 99 %", figure: `${drift ?? "never"} (found ${percent(driftShare)})`, isMet: drift !== null && drift <= 1_220 && driftShare >= 0.99 },
    { name: "T2 late x2", goal: "found ≥ 67 %", figure: percent(lateShare), isMet: lateShare >= 0.67 },
    { name: "T2 stretch violations", goal: "median ≤ 350 tasks at 5 %", figure: String(results.median(ours, "viol x3", true) ?? "never"), isMet: (results.median(ours, "viol x3", true) ?? Infinity) <= 350 },
    { name: "T2 stretch late x2", goal: "found ≥ 75 % at 5 %", figure: percent(results.share(ours, "late x2", true)), isMet: results.share(ours, "late x2", true) >= 0.75 },
    ...ratios.map(([peer, most, scenarios]): Target => {
      const ratio = delayRatio(results, peer, scenarios);
      return { name: `T3 tasks by ${peer}`, goal: `≤ ${most} at equal 5 % false alarms`, figure: ratio.toFixed(3), isMet: Number.isNaN(ratio) ? null : ratio <= most };
    }),
  ];
}

/** Errors more than the current version would have made, for each task of the candidate at err x2. */
const EXCESS_PER_TASK = 0.04;
const ROLLOUT_TASKS = 2_000;

function excessTarget(results: Results): Target {
  const excess = (name: string) => {
    const median = results.median(methodOf(name), "err x2", false);
    return median === null ? "never" : `${(median * EXCESS_PER_TASK).toFixed(1)} (mean ${(results.meanTasks(methodOf(name), "err x2", ROLLOUT_TASKS) * EXCESS_PER_TASK).toFixed(1)})`;
  };
  const ours = results.median(methodOf(OURS), "err x2", false);
  return {
    name: "T4 excess bad actions at err x2", goal: "≤ 14", isMet: ours !== null && ours * EXCESS_PER_TASK <= 14,
    figure: `${excess(OURS)}; ${SEQUENCE_5000} ${excess(SEQUENCE_5000)}; ${KAYENTA} ${excess(KAYENTA)}, ${percent(1 - results.share(methodOf(KAYENTA), "err x2", false), 0)} never`,
  };
}

function namingTarget(results: Results): Target {
  const cells = SCENARIOS.flatMap(({ name, changed, unchangedTasks = 0 }) => {
    if (!changed) return [];
    // Before anything changes there is nothing right to name: such an alarm is a false one, of which T1 tells.
    const held = results.atHold(name).flatMap((atHold) => (atHold && atHold.candidateTasks > unchangedTasks ? [atHold] : []));
    const isRight = (atHold: (typeof held)[number]) => atHold.named.every((metric) => metric === changed.metric) && (atHold.named.length > 0 ? true : atHold.strongest === changed.metric);
    return [{ name, right: held.filter(isRight).length / held.length, silent: held.filter(({ named }) => named.length === 0).length / held.length }];
  });
  const fewest = Math.min(...cells.map(({ right }) => right));
  return {
    name: "T5 right metric named", goal: "≥ 97 % of holds, every single-metric scenario", isMet: fewest >= 0.97,
    figure: cells.map(({ name, right, silent }) => `${name} ${percent(right)}${silent > 0 ? ` (${percent(silent)} by the strongest only)` : ""}`).join(", "),
  };
}

function promotionTargets(results: Results): Target[] {
  return [{ exposure: 0.5, soonest: 700 }, { exposure: 0.2, soonest: 350 }].flatMap(({ exposure, soonest }): Target[] => {
    const atMargin = results.promoted(`at the margin, w = ${exposure}`);
    const wrong = atMargin.filter((tasks) => tasks !== null).length;
    const unchanged = results.promoted(`unchanged, w = ${exposure}`).map((tasks) => tasks ?? Infinity).toSorted((a, b) => a - b);
    const median = unchanged[Math.floor((unchanged.length - 1) / 2)] ?? Infinity;
    const bound = upperBound(wrong, atMargin.length);
    return [
      { name: `T6 false promotion, w = ${exposure}`, goal: "≤ 5 %", figure: `${percent(wrong / atMargin.length)} (≤ ${percent(bound)}) of ${atMargin.length}`, isMet: bound <= 0.05 ? true : wrong / atMargin.length > 0.05 ? false : null },
      { name: `T6 unchanged promoted, w = ${exposure}`, goal: `median ≤ ${soonest} tasks`, figure: `${median} (${percent(unchanged.filter(Number.isFinite).length / unchanged.length)} ever)`, isMet: median <= soonest },
    ];
  });
}

export const targetsOf = (results: Results): Target[] => [
  { name: "T1 false holds", goal: "upper 95 % bound ≤ 5 %", ...falseAlarms(results, LOG_HOLD, 0.05, true) },
  { name: "T1 false rollbacks", goal: "≤ 1 %", ...falseAlarms(results, LOG_ROLL_BACK, 0.01, false) },
  ...speedTargets(results), excessTarget(results), namingTarget(results), ...promotionTargets(results),
];
