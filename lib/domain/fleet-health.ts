// How does the fleet stand: which agents are not normal, and what needs somebody first?

import type { PathState } from "./stop-path-words.ts";
import { isProvenStanding, STANDING_NAMES, type StopStanding } from "./stop-words.ts";
import type { RangeWord } from "./usual-range.ts";

/** The most serious first. Not reporting comes before a warning: a silent agent that may write is a risk. */
export const HEALTH_STATES = ["stopped", "critical", "not_reporting", "warning", "normal"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

export const HEALTH_NAMES: Record<HealthState, string> = { stopped: "Stopped", critical: "Critical", not_reporting: "Not reporting", warning: "Warning", normal: "Normal" };

export interface HealthFacts {
  id: string;
  /** Null counts as 0. */
  tier: number | null;
  /** How far the stops that cover the whole agent have come; null where none does. */
  standing: StopStanding | null;
  /** Tools that a stop covers; the rest of the agent goes on. */
  stoppedTools: number;
  openFindings: number;
  openCriticalChanges: number;
  /** Runs that a stop cut and that ask to go on since its release. */
  askingRuns: number;
  lastSeenAt: Date | null;
  /** Mean distance of runs and the longest pause in the last seven days, in ms; null with fewer than two runs. */
  rhythm: { gapMs: number; longestPauseMs: number } | null;
  ranges: readonly { metric: "errors" | "escalations" | "cost"; word: RangeWord }[];
  hasWriteTools: boolean;
}

/** Whoever was heard of since then reports, whatever its rhythm. */
export const LEAST_SILENCE_MS = 600_000;
const WEEK = 7 * 86_400_000;

/** Silent for longer than six of its gaps and longer than any pause of the week, so that a night off is not silence. Without a rhythm: a week. */
export function silentAfterMs(rhythm: HealthFacts["rhythm"]): number {
  return rhythm === null ? WEEK : Math.max(LEAST_SILENCE_MS, 6 * rhythm.gapMs, rhythm.longestPauseMs);
}

/** An agent that never ran is new, not silent. */
export function isNotReporting({ lastSeenAt, rhythm }: Pick<HealthFacts, "lastSeenAt" | "rhythm">, now: Date): boolean {
  return lastSeenAt !== null && now.getTime() - lastSeenAt.getTime() > silentAfterMs(rhythm);
}

export function healthOf(facts: HealthFacts, now: Date): HealthState {
  if (facts.standing !== null) return isProvenStanding(facts.standing) ? "stopped" : "critical";
  if (facts.openFindings > 0) return "critical";
  if (isNotReporting(facts, now)) return "not_reporting";
  return facts.stoppedTools > 0 || facts.openCriticalChanges > 0 || facts.askingRuns > 0 || facts.ranges.some((range) => range.word === "special cause, worse") ? "warning" : "normal";
}

/** An agent that is being stopped, and is not known to have stopped, counts as critical under the word of its stop. */
export const healthWord = ({ state, standing }: Pick<AgentHealth, "state" | "standing">): string => (standing === null ? HEALTH_NAMES[state] : STANDING_NAMES[standing]);

export interface AgentHealth {
  id: string;
  state: HealthState;
  standing: StopStanding | null;
  impact: number;
}

/** A stop without proof comes before all; then severity, then impact: tools that change something, then the tier; equal ones by name, so that the order holds. */
export function sortByNeed(agents: readonly HealthFacts[], now: Date): AgentHealth[] {
  return agents
    .map((facts) => ({ id: facts.id, state: healthOf(facts, now), standing: facts.standing, impact: (facts.hasWriteTools ? 10 : 0) + (facts.tier ?? 0) }))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || b.impact - a.impact || (a.id < b.id ? -1 : 1));
}

const rankOf = ({ state, standing }: AgentHealth): number => (standing !== null && !isProvenStanding(standing) ? -1 : HEALTH_STATES.indexOf(state));

const PHRASES: Record<HealthState, string> = { stopped: "is stopped", critical: "has an unreviewed change", not_reporting: "is not reporting", warning: "has a warning", normal: "is normal" };

const STOP_PHRASES: Record<StopStanding, string> = {
  stored: "has a stop that is not proven", not_proven: "has a stop that is not proven", stopping: "is stopping", at_gate: "is stopped at the gate", stopped: "is stopped",
};
const phraseOf = ({ id, state, standing }: AgentHealth): string => `${id} ${standing === null ? PHRASES[state] : STOP_PHRASES[standing]}`;

/** The way of a stop fails for all agents at once. */
export const HEALTH_OF_PATH: Readonly<Record<PathState, Extract<HealthState, "critical" | "warning"> | null>> = { failed: "critical", lost: "critical", stale: "warning", overdue: "warning", proven: null, never: null };
const PATH_SENTENCES: Record<PathState, string> = {
  failed: "The stop path failed its last proof. ", lost: "The stop path has not been proven for over an hour. ", stale: "The stop path is not being proven. ", overdue: "The stop path was never proven. ", proven: "", never: "",
};

/** `sorted` from `sortByNeed`, null when it could not be read; no agents and no data never read as "Nothing needs you". */
export function fleetSentence(sorted: readonly AgentHealth[] | null, waiting: number, path: PathState): string {
  if (sorted === null) return "Cannot tell how the agents are.";
  if (sorted.length === 0) return "There are no agents yet.";
  const abnormal = sorted.filter((agent) => agent.state !== "normal");
  const ofPath = PATH_SENTENCES[path];
  if (abnormal.length === 0 && waiting === 0 && ofPath === "") return "Nothing needs you.";
  const decisions = waiting === 0 ? "" : ` ${grouped(waiting)} ${waiting === 1 ? "decision waits" : "decisions wait"} for you.`;
  const normal = `${grouped(sorted.length - abnormal.length)} of ${grouped(sorted.length)} agents are normal.`;
  if (abnormal.length === 0) return ofPath + normal + decisions;
  const named = abnormal.slice(0, 3).map(phraseOf).join(", ");
  return `${ofPath}${normal} ${grouped(abnormal.length)} ${abnormal.length === 1 ? "needs" : "need"} you: ${named}${abnormal.length > 3 ? `, and ${grouped(abnormal.length - 3)} more` : ""}.${decisions}`;
}

const grouped = (count: number): string => count.toLocaleString("en");

/** In the order in which they are always shown. */
export function countHealth(sorted: readonly AgentHealth[], waiting: number, path: PathState) {
  const count = (state: HealthState): number => sorted.filter((agent) => agent.state === state).length + (HEALTH_OF_PATH[path] === state ? 1 : 0);
  return { stopped: count("stopped"), critical: count("critical"), warning: count("warning"), notReporting: count("not_reporting"), waiting };
}
