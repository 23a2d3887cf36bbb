import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AUTHORITY_LEVELS, type AuthorityLevel } from "../domain/authority-level.ts";
import type { GateAnswer, GateDecision } from "../domain/decide-gate.ts";
import { TOOL_EFFECTS, type ToolEffect } from "../domain/manifest.ts";
import type { PolicyAnswer } from "./decide-by-policy.ts";
import { gateByPolicy } from "./gate-policy.ts";

const table = (decision: GateDecision, reason: GateAnswer["reason"]): GateAnswer => ({ decision, reason, sentence: "By the table.", isRecommendation: false, stopId: null, epoch: 7 });
const policy = (decision: GateDecision, more: Partial<PolicyAnswer> = {}): PolicyAnswer => ({ decision, policies: [{ id: "p", effect: decision === "permit" ? "permit" : "forbid" }], approvers: [], isLowRisk: false, sentence: "By the policy.", ...more });
const LOW_RISK = policy("permit", { isLowRisk: true });

/** domain.md, level × effect, for a tool without a compensation. */
const BY_TABLE: Record<AuthorityLevel, Record<ToolEffect, GateAnswer>> = {
  stopped: { read: table("deny", "authority"), write: table("deny", "authority"), irreversible: table("deny", "authority") },
  shadow: { read: table("permit", "permitted"), write: { ...table("deny", "authority"), isRecommendation: true }, irreversible: { ...table("deny", "authority"), isRecommendation: true } },
  assisted: { read: table("permit", "permitted"), write: table("hold", "needs_person"), irreversible: table("hold", "needs_person") },
  partial: { read: table("permit", "permitted"), write: table("permit", "permitted"), irreversible: table("hold", "needs_person") },
  bounded: { read: table("permit", "permitted"), write: table("permit", "permitted"), irreversible: table("hold", "no_compensation") },
};

/** In the order: no policy, permit, low risk, hold, deny. */
const EXPECTED: Record<AuthorityLevel, Record<ToolEffect, string>> = {
  stopped: { read: "deny deny deny deny deny", write: "deny deny deny deny deny", irreversible: "deny deny deny deny deny" },
  shadow: { read: "permit permit permit hold deny", write: "deny deny deny deny deny", irreversible: "deny deny deny deny deny" },
  assisted: { read: "permit permit permit hold deny", write: "hold hold permit hold deny", irreversible: "hold hold hold hold deny" },
  partial: { read: "permit permit permit hold deny", write: "permit permit permit hold deny", irreversible: "hold hold hold hold deny" },
  bounded: { read: "permit permit permit hold deny", write: "permit permit permit hold deny", irreversible: "hold hold hold hold deny" },
};

describe("the table of level × effect × policy", () => {
  test.each(AUTHORITY_LEVELS.flatMap((level) => TOOL_EFFECTS.map((effect) => [level, effect] as const)))("%s, %s", (level, effect) => {
    const answers = [null, policy("permit"), LOW_RISK, policy("hold"), policy("deny")].map((said) => gateByPolicy(BY_TABLE[level][effect], said, { level, effect }).decision);
    expect(answers.join(" ")).toBe(EXPECTED[level][effect]);
  });

  test("what cannot be undone goes ahead at bounded when a compensation stands behind it and the policy permits it", () => {
    const compensated = table("permit", "permitted");
    const answer = (said: PolicyAnswer) => gateByPolicy(compensated, said, { level: "bounded", effect: "irreversible" }).decision;
    expect([answer(policy("permit")), answer(policy("hold")), answer(policy("deny"))]).toEqual(["permit", "hold", "deny"]);
  });
});

test("a kill switch, a lapsed lease and an unknown tool stay what they are", () => {
  for (const reason of ["kill_switch", "tool_stopped", "no_lease", "tool_unknown", "authority"] as const) {
    const stopped = { ...table("deny", reason), stopId: "st_1" };
    expect(gateByPolicy(stopped, LOW_RISK, { level: "assisted", effect: "write" })).toEqual({ ...stopped, policies: [], approvers: [] });
  }
});

test("names the policies and whom they ask", () => {
  const at = { level: "partial", effect: "write" } as const;
  expect(gateByPolicy(table("permit", "permitted"), policy("hold", { approvers: ["role:finance"] }), at)).toEqual({ ...table("hold", "needs_person"), reason: "policy", sentence: "By the policy.", policies: [{ id: "p", effect: "forbid" }], approvers: ["role:finance"] });
  expect(gateByPolicy(table("permit", "permitted"), policy("deny", { error: "arguments", policies: [] }), at)).toMatchObject({ decision: "deny", reason: "policy_error", policies: [] });
  expect(gateByPolicy(table("permit", "permitted"), policy("permit"), at)).toMatchObject({ decision: "permit", reason: "permitted", sentence: "By the table.", policies: [{ id: "p" }] });
});

test("a policy widens in one place only", () => {
  const RANK = { deny: 0, hold: 1, permit: 2 };
  fc.assert(fc.property(fc.constantFrom(...AUTHORITY_LEVELS), fc.constantFrom(...TOOL_EFFECTS), fc.constantFrom(policy("permit"), LOW_RISK, policy("hold"), policy("deny")), (level, effect, said) => {
    const before = BY_TABLE[level][effect];
    const after = gateByPolicy(before, said, { level, effect });
    if (RANK[after.decision] > RANK[before.decision]) expect([level, effect, said]).toEqual(["assisted", "write", LOW_RISK]);
    expect(RANK[after.decision]).toBeLessThanOrEqual(Math.max(RANK[said.decision], 0));
  }));
});
