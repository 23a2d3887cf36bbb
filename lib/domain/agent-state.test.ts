import { describe, expect, it } from "vitest";
import { agentState, agentStateName, isHeldBelow, type AgentState, type AgentStateFacts } from "./agent-state.ts";

const now = new Date("2026-11-21T02:00:00Z");
const fine: AgentStateFacts = { level: "bounded", binding: "tier", isHeldBelow: false, openFindings: 0, isComplete: true, hasVersion: true, lastSeenAt: now };

describe("agentState", () => {
  it.each<[AgentState, Partial<AgentStateFacts>]>([
    ["normal", {}],
    ["normal", { binding: "stage", level: "assisted" }],
    ["normal", { hasVersion: false, lastSeenAt: null }],
    ["silent", { lastSeenAt: null }],
    ["silent", { lastSeenAt: new Date("2026-11-20T01:59:59Z") }],
    ["capped", { binding: "open_change", lastSeenAt: null }],
    ["capped", { binding: "override" }],
    ["capped", { binding: "stage", level: "assisted", isHeldBelow: true }],
    ["incomplete", { isComplete: false, binding: "card", level: "shadow" }],
    ["incomplete", { isComplete: false, binding: "stage", level: "shadow" }],
    ["finding", { openFindings: 1, isComplete: false, binding: "unreviewed_change" }],
    ["stopped", { level: "stopped", binding: "kill_switch", openFindings: 2 }],
  ])("says %s", (state, facts) => {
    expect(agentState({ ...fine, ...facts }, now)).toBe(state);
  });
});

describe("isHeldBelow", () => {
  it.each([
    ["assisted", "bounded", 2, true, true], ["bounded", "bounded", 2, true, false], ["assisted", "bounded", 1, true, false], ["shadow", "bounded", 2, false, false],
    ["shadow", "shadow", null, true, false], ["stopped", "shadow", 0, true, true], ["partial", "assisted", 2, true, false],
  ] as const)("%s at the stage %s in tier %s", (level, stage, tier, hasVersion, isHeld) => {
    expect(isHeldBelow(level, stage, tier, hasVersion)).toBe(isHeld);
  });
});

it("names a stop by its proof, and a level without a stop by what it permits", () => {
  expect([agentStateName("stopped", "stopped"), agentStateName("stopped", "not_proven"), agentStateName("stopped", null), agentStateName("finding", "stopped")]).toEqual(["Stopped", "Stop not proven", "May do nothing", "Unreviewed change"]);
});
