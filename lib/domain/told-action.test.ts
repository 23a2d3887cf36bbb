import { describe, expect, test } from "vitest";
import { ACTION_STATES, canBecome, isOver } from "./action-state.ts";
import { wordOf } from "./told-action.ts";

const row = (state: string, more: object = {}) => ({ state, reason: "policy", sentence: "As decided.", startedAt: null, decidedAt: null, ...more });

describe("wordOf", () => {
  test("permits only what was begun; waits only where somebody may still say yes; everything else is a no", () => {
    const permitted = ACTION_STATES.filter((state) => wordOf(row(state)).decision === "permit");
    const waiting = ACTION_STATES.filter((state) => wordOf(row(state)).decision === "hold");
    expect(permitted).toEqual(["started", "committed", "failed", "compensating", "compensated", "by_hand"]);
    expect(waiting).toEqual(["held", "approved"]);
  });

  test.each(["__proto__", "APPROVED", "", "permit"])("the state %j is a no", (state) => expect(wordOf(row(state))).toMatchObject({ state: "denied", decision: "deny" }));

  test("what nobody decided is nobody's no, and what is not known is said to be", () => {
    expect(wordOf(row("expired"))).toMatchObject({ reason: "expired", sentence: "Nobody decided in time; nobody refused it." });
    expect(wordOf(row("expired", { startedAt: new Date(0) })).sentence).toMatch(/not known/);
    expect(wordOf(row("started", { decidedAt: new Date(0) }))).toMatchObject({ reason: "approved" });
    expect(wordOf(row("started"))).toMatchObject({ reason: "policy", sentence: "As decided." });
  });
});

describe("the states", () => {
  test("nothing that a person refused, a stop ended or the gate denied goes on", () => {
    for (const from of ["denied", "rejected", "withdrawn", "stopped", "compensated", "failed"] as const) {
      expect(ACTION_STATES.filter((to) => canBecome(from, to))).toEqual([]);
      expect(isOver(from)).toBe(true);
    }
  });

  test("nothing begins but from a held call over an approval", () => {
    expect(ACTION_STATES.filter((from) => canBecome(from, "started"))).toEqual(["approved"]);
    expect(ACTION_STATES.filter((from) => canBecome(from, "approved"))).toEqual(["held"]);
    expect(isOver("expired")).toBe(true);
  });
});
