import { describe, expect, it } from "vitest";
import { AGENT_STATE_NAMES, agentState, agentStateName, isHeldBelow, type AgentState, type AgentStateFacts } from "./agent-state.ts";
import { HEALTH_NAMES } from "./fleet-health.ts";

const fine: AgentStateFacts = { level: "bounded", binding: "tier", isHeldBelow: false, openFindings: 0, isNotReporting: false, isComplete: true };

describe("agentState", () => {
  it.each<[AgentState, Partial<AgentStateFacts>]>([
    ["normal", {}],
    ["normal", { binding: "stage", level: "assisted" }],
    ["not_reporting", { isNotReporting: true }],
    ["not_reporting", { isNotReporting: true, isComplete: false, binding: "open_change" }],
    ["finding", { isNotReporting: true, openFindings: 1 }],
    ["stopped", { isNotReporting: true, level: "stopped" }],
    ["capped", { binding: "open_change" }],
    ["capped", { binding: "override" }],
    ["capped", { binding: "stage", level: "assisted", isHeldBelow: true }],
    ["incomplete", { isComplete: false, binding: "card", level: "shadow" }],
    ["incomplete", { isComplete: false, binding: "stage", level: "shadow" }],
    ["finding", { openFindings: 1, isComplete: false, binding: "unreviewed_change" }],
    ["stopped", { level: "stopped", binding: "kill_switch", openFindings: 2 }],
  ])("says %s", (state, facts) => {
    expect(agentState({ ...fine, ...facts })).toBe(state);
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

it("calls an agent that is not reporting what the page Now calls it", () => {
  expect(AGENT_STATE_NAMES.not_reporting).toBe("Not reporting");
  expect(AGENT_STATE_NAMES.not_reporting).toBe(HEALTH_NAMES.not_reporting);
});
