import { describe, expect, test } from "vitest";
import { AUTHORITY_LEVELS } from "./authority-level.ts";
import { authoritySentence, decisionFor, LEVEL_DECISIONS, whatItMeans } from "./authority-meaning.ts";
import { computeAuthority, type AuthorityFacts } from "./authority.ts";
import { TOOL_EFFECTS } from "./manifest.ts";

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const facts: AuthorityFacts = {
  tier: { tier: 2, since: at(1), setBy: "Bea" },
  stage: { stage: "bounded", since: at(1), versionNumber: 3 },
  openChanges: [{ id: "c1", class: "critical", title: "Refunds widened", proposedAt: at(5), expiresAt: at(25), cap: "assisted" }],
  unreviewedChanges: [], cardMissing: [], cardSince: at(1), stops: [], overrides: [],
};

test("the table of decisions", () => {
  const table = AUTHORITY_LEVELS.map((level) => [level, ...TOOL_EFFECTS.map((effect) => decisionFor(level, effect))].join(" | "));
  expect(table).toEqual([
    "stopped | deny | deny | deny",
    "shadow | permit | recommend | recommend",
    "assisted | permit | hold_unless_low_risk | hold",
    "partial | permit | permit_within_limits | hold",
    "bounded | permit | permit_within_limits | permit_if_undoable",
  ]);
});

test("a higher level never decides more strictly, and an unknown effect counts as irreversible", () => {
  for (const effect of TOOL_EFFECTS) {
    const freedom = AUTHORITY_LEVELS.map((level) => LEVEL_DECISIONS.length - LEVEL_DECISIONS.indexOf(decisionFor(level, effect)));
    expect(freedom).toEqual(freedom.toSorted((a, b) => a - b));
  }
  for (const level of AUTHORITY_LEVELS) expect(decisionFor(level, null)).toBe(decisionFor(level, "irreversible"));
});

describe("the sentence", () => {
  test.each<[string, Partial<AuthorityFacts>, string]>([
    ["a change", {}, "Assisted, because a critical change is open."],
    ["no version", { stage: { stage: null, since: null, versionNumber: null } }, "Shadow, because no version is approved yet."],
    ["no tier", { tier: { tier: null, since: null, setBy: null } }, "Shadow, because no control tier is set."],
    ["the stage", { openChanges: [] }, "Bounded, because its stage is bounded."],
    ["a stop", { stops: [{ id: "s", scope: "fleet", target: "", engagedAt: at(2), engagedBy: "Olga", reason: null }] }, "Stopped, because a kill switch is engaged."],
    ["an override",
      { overrides: [{ id: "o", source: "open_change", level: "partial", reason: "peak", by: "Bea", createdAt: at(6), expiresAt: at(30), revokedAt: null }] },
      "Partial, because an override by Bea holds it there until 2026-01-30 00:00 UTC, although a critical change is open."],
  ])("%s", (_, more, sentence) => {
    expect(authoritySentence(computeAuthority({ ...facts, ...more }, at(20)), "stopped")).toBe(sentence);
  });

  test("says Stopped of a stop only where it is proven", () => {
    const authority = computeAuthority({ ...facts, stops: [{ id: "s", scope: "agent", target: "refund-bot", engagedAt: at(2), engagedBy: "Olga", reason: null }] }, at(20));
    expect((["at_gate", "stopping", "not_proven", "stored", null] as const).map((stop) => authoritySentence(authority, stop))).toEqual([
      "Stopped at the gate, because a kill switch is engaged.", "Stopping: a kill switch is engaged.", "Stop not proven: a kill switch is engaged.", "Stop stored: a kill switch is engaged.", "Stop stored: a kill switch is engaged.",
    ]);
  });

  test("each level says what it means", () => {
    expect(new Set(AUTHORITY_LEVELS.map(whatItMeans)).size).toBe(AUTHORITY_LEVELS.length);
  });
});
