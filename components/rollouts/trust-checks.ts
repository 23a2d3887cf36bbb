import type { CanaryPlan } from "@/lib/domain/canary-plan.ts";
import type { CanaryVerdict } from "@/lib/domain/judge-canary.ts";
import type { ToldSelfTest } from "@/lib/domain/judge-self-test.ts";
import { formatCount, formatNumber, formatPercent } from "@/lib/format.ts";
import type { ShownSeries, ShownStageTasks } from "./shown-rollout.ts";
import type { TrustCheck } from "./trust-panel.tsx";

interface Experiment {
  plan: CanaryPlan;
  stageIndex: number;
  exposure: number;
  verdict: CanaryVerdict & { selfTest?: ToldSelfTest };
  tasks: readonly ShownStageTasks[];
  excluded: { crossed: number; early: number; moved_unit: number };
  corrected: { current: number; candidate: number };
  series: readonly ShownSeries[];
}

/** Nothing here is about the candidate: only about whether what is said of it can be believed. */
export function trustChecks(experiment: Experiment): TrustCheck[] {
  return [sameTime(experiment), split(experiment), coverage(experiment), gaps(experiment), crossed(experiment), corrected(experiment), tested(experiment), LOOKING];
}

const LOOKING: TrustCheck = { name: "Looking is safe", kind: "met", detail: "What is judged holds at every look: one false alarm in twenty rollouts at most, over the whole rollout." };

const isShadow = ({ plan, stageIndex }: Experiment): boolean => plan.stages[stageIndex]?.exposures.length === 0;

const sameTime = (experiment: Experiment): TrustCheck => ({
  name: "Same time", kind: "met", detail: isShadow(experiment) ? "Both versions do the same tasks; nothing that the candidate does takes effect, so of action errors only those of reading are compared." : "Both versions run side by side; nothing is compared with the past.",
});

function split(experiment: Experiment): TrustCheck {
  const { verdict, exposure, tasks, stageIndex } = experiment;
  const given = (arm: "current" | "candidate"): number => tasks.find((one) => one.stageIndex === stageIndex && one.arm === arm)?.given ?? 0;
  const [ofCandidate, all] = [given("candidate"), given("candidate") + given("current")];
  if (isShadow(experiment)) return { name: "Split", kind: "met", detail: "Nothing is split in shadow." };
  const seen = `${formatNumber(ofCandidate)} of ${formatCount(all, "task")} in this stage`;
  if (!verdict.sampleRatio.isClean) return { name: "Split", kind: "critical", detail: `Not as the router says: ${seen}.` };
  return { name: "Split as planned", kind: "met", detail: exposure > 0 ? `${formatPercent(exposure)} now, ${seen}.` : `${seen}.` };
}

function coverage({ plan, stageIndex, tasks }: Experiment): TrustCheck {
  const shares = (["current", "candidate"] as const).map((arm) => tasks.find((one) => one.stageIndex === stageIndex && one.arm === arm)).map((one) => (one && one.given > 0 ? one.known / one.given : null));
  const least = plan.stages[stageIndex]?.minimumCoverage ?? 0;
  if (shares.some((share) => share === null)) return { name: "Outcomes", kind: "unknown", detail: "One version has no task in this stage yet." };
  const [current = 0, candidate = 0] = shares.map((share) => share ?? 0);
  const isEnough = Math.min(current, candidate) >= least;
  return { name: isEnough ? "Outcomes known" : "Outcomes missing", kind: isEnough ? "met" : "warning", detail: `${formatPercent(candidate)} of the candidate's tasks, ${formatPercent(current)} of the others; ${formatPercent(least)} are asked for.` };
}

/** A slot in which nothing was added to one version's tasks. */
function gaps({ series }: Experiment): TrustCheck {
  const first = series[0];
  if (!first) return { name: "Gaps", kind: "unknown", detail: "Nothing is recorded yet." };
  const begins = Math.max(...[first.current, first.candidate].map((points) => points.findIndex(({ n }) => n > 0)));
  const empty = first.current.filter((point, index) => {
    // The last part is not over.
    if (index <= begins || begins < 0 || index === first.current.length - 1) return false;
    return point.n === first.current[index - 1]?.n || first.candidate[index]?.n === first.candidate[index - 1]?.n;
  }).length;
  if (empty === 0) return { name: "No gap", kind: "met", detail: "Every part of the time has outcomes of both versions." };
  return { name: "Gaps", kind: empty > first.current.length / 3 ? "warning" : "info", detail: `In ${empty} of ${first.current.length} equal parts of the time one version had no outcome.` };
}

function crossed({ excluded }: Experiment): TrustCheck {
  const words = [
    ...(excluded.crossed > 0 ? [`${formatCount(excluded.crossed, "task")} done by the other version`] : []), ...(excluded.early > 0 ? [`${formatNumber(excluded.early)} begun before the assignment`] : []),
    ...(excluded.moved_unit > 0 ? [`${formatNumber(excluded.moved_unit)} of a unit judged in the other arm`] : []),
  ];
  return words.length === 0
    ? { name: "Nothing left out", kind: "met", detail: "Every task was done by the version that it was given to." }
    : { name: "Left out", kind: excluded.crossed > 5 ? "warning" : "info", detail: `Not counted: ${words.join(", ")}.` };
}

/** Each outcome bets once, as it was said first. */
function corrected({ corrected: { current, candidate }, plan }: Experiment): TrustCheck {
  if (current + candidate === 0) return { name: "Nothing corrected", kind: "met", detail: "No outcome was changed after it was judged, by a report or by telemetry that came in late." };
  const advice = plan.countedOutcomes === "reported" ? "" : " A plan can let only those count that were reported afterwards.";
  return { name: "Corrected", kind: "warning", detail: `Changed after they were judged, by reports or by telemetry that came in late: ${formatCount(candidate, "outcome")} of the candidate, ${formatNumber(current)} of the other version. Promotion needs its evidence with them too, and a difference between the versions holds.${advice}` };
}

/** The judge of the process that said this, at that process's start. */
function tested({ verdict: { selfTest } }: Experiment): TrustCheck {
  if (selfTest === undefined) return { name: "Judge", kind: "unknown", detail: "What is said was judged before its test was kept." };
  if (selfTest.passed) return { name: "Judge tested", kind: "met", detail: `It found what was seeded for it to find in ${formatNumber(selfTest.checks)} trials, at the start of the process that judged.` };
  return { name: "Judge failed its test", kind: "critical", detail: `It missed: ${selfTest.missed.map((name) => name.replaceAll("_", " ")).join(", ")}. Rollouts are held; nothing it says counts.` };
}
