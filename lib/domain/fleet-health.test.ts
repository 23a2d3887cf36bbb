import fc from "fast-check";
import { expect, test } from "vitest";
import { countHealth, fleetSentence, HEALTH_STATES, healthOf, healthWord, sortByNeed, type HealthFacts } from "./fleet-health.ts";
import { PATH_STATES } from "./stop-path-words.ts";

const now = new Date("2026-11-21T06:00:00Z");
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  id: "refund-bot", tier: 1, standing: null, stoppedTools: 0, openFindings: 0, openCriticalChanges: 0, askingRuns: 0, lastSeenAt: ago(1), rhythm: { gapMs: 60_000, longestPauseMs: 0 }, ranges: [], hasWriteTools: true, ...changes,
});

test.each<[string, Partial<HealthFacts>, string]>([
  ["stopped before all else", { standing: "stopped", openFindings: 1 }, "stopped"],
  ["stopped at the gate", { standing: "at_gate" }, "stopped"],
  ["stopping", { standing: "stopping" }, "critical"],
  ["a stop without proof", { standing: "not_proven" }, "critical"],
  ["an unreviewed change", { openFindings: 1, lastSeenAt: ago(900) }, "critical"],
  ["silent past ten minutes", { lastSeenAt: ago(11) }, "not_reporting"],
  ["silent for ten minutes", { lastSeenAt: ago(10) }, "normal"],
  ["six gaps", { rhythm: { gapMs: 600_000, longestPauseMs: 0 }, lastSeenAt: ago(59) }, "normal"],
  ["a usual night", { rhythm: { gapMs: 60_000, longestPauseMs: 12 * 3_600_000 }, lastSeenAt: ago(700) }, "normal"],
  ["one of its tools is stopped", { stoppedTools: 1 }, "warning"],
  ["a run stays cut and asks to go on", { askingRuns: 1 }, "warning"],
  ["never ran", { lastSeenAt: null, rhythm: null }, "normal"],
  ["ran once, long ago", { lastSeenAt: ago(8 * 1_440), rhythm: null }, "not_reporting"],
  ["worse than usual", { ranges: [{ metric: "errors", word: "special cause, worse" }] }, "warning"],
  ["better than usual", { ranges: [{ metric: "cost", word: "special cause, better" }] }, "normal"],
])("%s", (_name, changes, state) => expect(healthOf(facts(changes), now)).toBe(state));

test("a silent agent comes before a warning, and one that may write before one that may not", () => {
  const sorted = sortByNeed([facts({ id: "w", openCriticalChanges: 1, tier: 2 }), facts({ id: "r", lastSeenAt: ago(99), hasWriteTools: false, tier: 2 }), facts({ id: "s", lastSeenAt: ago(99), tier: 0 })], now);
  expect(sorted.map((agent) => agent.id)).toEqual(["s", "r", "w"]);
  expect(fleetSentence(sorted, 1, "proven")).toBe("0 of 3 agents are normal. 3 need you: s is not reporting, r is not reporting, w has a warning. 1 decision waits for you.");
  expect(countHealth(sorted, 1, "proven")).toEqual({ stopped: 0, critical: 0, warning: 1, notReporting: 2, waiting: 1 });
});

test("nothing needs you is said only of agents that were read and are all normal", () => {
  expect(fleetSentence(null, 0, "proven")).toBe("Cannot tell how the agents are.");
  expect(fleetSentence([], 0, "failed")).toBe("There are no agents yet.");
  fc.assert(fc.property(fc.array(fc.constantFrom(...HEALTH_STATES)), fc.nat(3), fc.constantFrom(...PATH_STATES), (states, waiting, path) => {
    const isCalm = fleetSentence(states.map((state, index) => ({ id: `a-${index}`, state, standing: null, impact: 0 })), waiting, path) === "Nothing needs you.";
    expect(isCalm).toBe(states.length > 0 && waiting === 0 && states.every((state) => state === "normal") && (path === "proven" || path === "never"));
  }));
});

test("an agent is said to be stopped only where that is proven, and a stop without proof comes first", () => {
  const sorted = sortByNeed([facts({ id: "done", standing: "stopped" }), facts({ id: "gate", standing: "at_gate" }), facts({ id: "late", standing: "not_proven" })], now);
  expect(fleetSentence(sorted, 0, "proven")).toBe("0 of 3 agents are normal. 3 need you: late has a stop that is not proven, done is stopped, gate is stopped at the gate.");
  expect(sorted.map(healthWord)).toEqual(["Stop not proven", "Stopped", "Stopped at the gate"]);
  expect(countHealth(sorted, 0, "proven")).toMatchObject({ stopped: 2, critical: 1 });
  for (const standing of ["stored", "stopping", "not_proven"] as const) expect(fleetSentence(sortByNeed([facts({ standing })], now), 0, "proven")).not.toMatch(/stopped/i);
});

test("a stop path that failed is critical, and one that is not proven any more a warning", () => {
  const calm = sortByNeed([facts()], now);
  expect([fleetSentence(calm, 0, "failed"), countHealth(calm, 0, "failed").critical]).toEqual(["The stop path failed its last proof. 1 of 1 agents are normal.", 1]);
  expect([fleetSentence(calm, 0, "stale"), countHealth(calm, 0, "stale")]).toEqual(["The stop path is not being proven. 1 of 1 agents are normal.", { stopped: 0, critical: 0, warning: 1, notReporting: 0, waiting: 0 }]);
  expect([fleetSentence(calm, 0, "lost"), countHealth(calm, 0, "lost").critical]).toEqual(["The stop path has not been proven for over an hour. 1 of 1 agents are normal.", 1]);
  expect([fleetSentence(calm, 0, "overdue"), countHealth(calm, 0, "overdue").warning]).toEqual(["The stop path was never proven. 1 of 1 agents are normal.", 1]);
});
