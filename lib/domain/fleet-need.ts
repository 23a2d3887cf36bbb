// What does an agent that is not normal need, said in one sentence, and what is the one next step?

import { healthOf, healthWord, type HealthFacts, type HealthState } from "./fleet-health.ts";
import type { RangeWord, UsualMetric } from "./usual-range.ts";

/** Where the step leads; the page makes the address. */
export type NeedTarget =
  | { kind: "stop"; stopId: string } | { kind: "finding"; findingId: string } | { kind: "change"; changeId: string }
  | { kind: "metrics"; agentId: string } | { kind: "agent"; agentId: string };

export interface FleetNeed {
  agentId: string;
  state: HealthState;
  /** For `state`, or for its stop. */
  word: string;
  sentence: string;
  since: Date | null;
  step: { label: string; target: NeedTarget };
}

export interface NeedFacts extends HealthFacts {
  /** The stop whose standing counts, or else the newest one of a tool. */
  stop: { id: string; name: string; scope: string; words: string; engagedBy: string; engagedAt: Date } | null;
  /** The oldest open finding; `openChangeId` once its review is open. */
  finding: { id: string; sentence: string; openedAt: Date; openChangeId: string | null } | null;
  /** The oldest open critical change. */
  change: { id: string; title: string; proposedAt: Date; expiresAt: Date } | null;
  /** The stop whose release came last of those that cut them; `since`: ISO, when that was. */
  asking: { stopId: string; since: string } | null;
}

const METRIC_WORDS = { errors: "action errors", escalations: "escalations", cost: "cost per task" } as const;

const more = (count: number, noun: string): string => (count > 1 ? ` ${count - 1} more ${count === 2 ? noun : `${noun}s`}.` : "");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function stopNeed({ stop, id }: NeedFacts): Omit<FleetNeed, "agentId" | "state" | "word"> {
  if (!stop) return { sentence: "A stop covers it.", since: null, step: { label: "Look at it", target: { kind: "agent", agentId: id } } };
  const through = stop.scope === "agent" ? "" : ` through the stop of ${stop.name}`;
  return { sentence: `${capital(stop.words)}${through}.`, since: stop.engagedAt, step: { label: "Open the stop", target: { kind: "stop", stopId: stop.id } } };
}

function findingNeed({ finding, openFindings, id }: NeedFacts): Omit<FleetNeed, "agentId" | "state" | "word"> {
  if (!finding) return { sentence: "It runs something that nobody reviewed.", since: null, step: { label: "Look at it", target: { kind: "agent", agentId: id } } };
  const sentence = ended(finding.sentence) + more(openFindings, "unreviewed change");
  const { openChangeId } = finding;
  return openChangeId === null
    ? { sentence, since: finding.openedAt, step: { label: "Open the finding", target: { kind: "finding", findingId: finding.id } } }
    : { sentence, since: finding.openedAt, step: { label: "Review the change", target: { kind: "change", changeId: openChangeId } } };
}

function warningNeed({ stop, stoppedTools, change, openCriticalChanges, asking, askingRuns, ranges, id }: NeedFacts): Omit<FleetNeed, "agentId" | "state" | "word"> {
  if (stoppedTools > 0 && stop) {
    return { sentence: `${capital(stop.name)}: ${stop.words}. The rest goes on.`, since: stop.engagedAt, step: { label: "Open the stop", target: { kind: "stop", stopId: stop.id } } };
  }
  if (asking !== null) {
    const runs = askingRuns === 1 ? "A run that a stop cut asks" : `${askingRuns.toLocaleString("en")} runs that a stop cut ask`;
    return { sentence: `${runs} to go on since its release.`, since: new Date(asking.since), step: { label: "Open the stop", target: { kind: "stop", stopId: asking.stopId } } };
  }
  if (openCriticalChanges > 0 && change) {
    return { sentence: `A critical change waits: ${ended(change.title)}${more(openCriticalChanges, "critical change")}`, since: change.proposedAt, step: { label: "Review the change", target: { kind: "change", changeId: change.id } } };
  }
  return { sentence: worseSentence(ranges) ?? "", since: null, step: { label: "See the metrics", target: { kind: "metrics", agentId: id } } };
}

/** What of the last day is worse than usual, of what is a warning; null where nothing is. */
export function worseSentence(ranges: readonly { metric: UsualMetric; word: RangeWord }[]): string | null {
  const worse = ranges.flatMap(({ metric, word }) => (word === "special cause, worse" && metric in METRIC_WORDS ? METRIC_WORDS[metric as keyof typeof METRIC_WORDS] : []));
  return worse.length === 0 ? null : `Above the usual range in the last 24 hours: ${worse.join(", ")}.`;
}

/** Why an agent counts as not reporting. */
export function silenceSentence({ rhythm, hasWriteTools }: Pick<HealthFacts, "rhythm" | "hasWriteTools">): string {
  return `No sign of it for ${rhythm === null ? "more than a week" : "longer than it ever paused this week"}${hasWriteTools ? "; it has tools that change something" : ""}.`;
}

/** Null for an agent that is normal. */
export function needOf(facts: NeedFacts, now: Date): FleetNeed | null {
  const state = healthOf(facts, now);
  const named = { agentId: facts.id, state, word: healthWord({ state, standing: facts.standing }) };
  if (state === "normal") return null;
  if (facts.standing !== null) return { ...named, ...stopNeed(facts) };
  if (state === "critical") return { ...named, ...findingNeed(facts) };
  if (state === "warning") return { ...named, ...warningNeed(facts) };
  return { ...named, sentence: silenceSentence(facts), since: facts.lastSeenAt, step: { label: "Look at it", target: { kind: "agent", agentId: facts.id } } };
}
