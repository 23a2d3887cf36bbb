import fc from "fast-check";
import { expect, test } from "vitest";
import { countHealth, fleetSentence, HEALTH_STATES, healthOf, sortByNeed, type HealthFacts } from "./fleet-health.ts";

const now = new Date("2026-11-21T06:00:00Z");
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  id: "refund-bot", tier: 1, isStopped: false, stoppedTools: 0, openFindings: 0, openCriticalChanges: 0, lastSeenAt: ago(1), rhythm: { gapMs: 60_000, longestPauseMs: 0 }, ranges: [], hasWriteTools: true, ...changes,
});

test.each<[string, Partial<HealthFacts>, string]>([
  ["stopped before all else", { isStopped: true, openFindings: 1 }, "stopped"],
  ["an unreviewed change", { openFindings: 1, lastSeenAt: ago(900) }, "critical"],
  ["silent past ten minutes", { lastSeenAt: ago(11) }, "not_reporting"],
  ["silent for ten minutes", { lastSeenAt: ago(10) }, "normal"],
  ["six gaps", { rhythm: { gapMs: 600_000, longestPauseMs: 0 }, lastSeenAt: ago(59) }, "normal"],
  ["a usual night", { rhythm: { gapMs: 60_000, longestPauseMs: 12 * 3_600_000 }, lastSeenAt: ago(700) }, "normal"],
  ["one of its tools is stopped", { stoppedTools: 1 }, "warning"],
  ["never ran", { lastSeenAt: null, rhythm: null }, "normal"],
  ["ran once, long ago", { lastSeenAt: ago(8 * 1_440), rhythm: null }, "not_reporting"],
  ["worse than usual", { ranges: [{ metric: "errors", word: "special cause, worse" }] }, "warning"],
  ["better than usual", { ranges: [{ metric: "cost", word: "special cause, better" }] }, "normal"],
])("%s", (_name, changes, state) => expect(healthOf(facts(changes), now)).toBe(state));

test("a silent agent comes before a warning, and one that may write before one that may not", () => {
  const sorted = sortByNeed([facts({ id: "w", openCriticalChanges: 1, tier: 2 }), facts({ id: "r", lastSeenAt: ago(99), hasWriteTools: false, tier: 2 }), facts({ id: "s", lastSeenAt: ago(99), tier: 0 })], now);
  expect(sorted.map((agent) => agent.id)).toEqual(["s", "r", "w"]);
  expect(fleetSentence(sorted, 1)).toBe("0 of 3 agents are normal. 3 need you: s is not reporting, r is not reporting, w has a warning. 1 decision waits for you.");
  expect(countHealth(sorted, 1)).toEqual({ stopped: 0, critical: 0, warning: 1, notReporting: 2, waiting: 1 });
});

test("nothing needs you is said only of agents that were read and are all normal", () => {
  expect(fleetSentence(null, 0)).toBe("Cannot tell how the agents are.");
  expect(fleetSentence([], 0)).toBe("There are no agents yet.");
  fc.assert(fc.property(fc.array(fc.constantFrom(...HEALTH_STATES)), fc.nat(3), (states, waiting) => {
    const isCalm = fleetSentence(states.map((state, index) => ({ id: `a-${index}`, state, impact: 0 })), waiting) === "Nothing needs you.";
    expect(isCalm).toBe(states.length > 0 && waiting === 0 && states.every((state) => state === "normal"));
  }));
});
