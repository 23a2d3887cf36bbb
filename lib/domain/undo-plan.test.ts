import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, isReady, planUndo, type UndoableAction } from "./undo-plan.ts";

const now = new Date("2026-11-21T10:00:00Z");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const large = { secondPerson: "large" } as const;
const http = { hook: { kind: "http", url: "https://a.example/void" }, arguments: {} };
const manual = { hook: { kind: "manual", instructions: "Call.", owner: "Ingrid" } };
const done = (id: string, more: Partial<UndoableAction> = {}): UndoableAction =>
  ({ id, state: "committed", conversationId: "c", startedAt: at(-5), input: {}, effect: "write", compensation: http, reversibleUntil: null, amountMinor: null, currency: null, ...more });

describe("planUndo", () => {
  test("newest first; says what stays, until when, and how much", () => {
    const plan = planUndo([
      done("a", { startedAt: at(-30), amountMinor: 100n, currency: "EUR", reversibleUntil: at(60) }), done("b", { startedAt: at(-10), compensation: manual, amountMinor: 5n, currency: "EUR" }),
      done("c", { startedAt: at(-20), compensation: null, amountMinor: 7n, currency: "EUR" }), done("d", { startedAt: at(-40), reversibleUntil: at(0) }),
    ], large, now);
    expect(plan.steps.map(({ actionId, skipped }) => [actionId, skipped === null])).toEqual([["b", true], ["c", false], ["a", true], ["d", false]]);
    expect(plan).toMatchObject({ automatic: 1, byHand: 1, notReversible: 2, firstEnd: at(60), amounts: [{ currency: "EUR", minor: 105n, lostMinor: 7n }], needsSecondPerson: true });
  });

  test("one reversible action takes one person, one that stays takes two, and one for which the card asks as well", () => {
    expect(planUndo([done("a")], large, now).needsSecondPerson).toBe(false);
    expect(planUndo([done("a")], { secondPerson: "every" }, now).needsSecondPerson).toBe(true);
    expect(planUndo([done("a", { effect: "irreversible" })], large, now).needsSecondPerson).toBe(true);
    expect(planUndo([done("a", { compensation: { hook: { kind: "telepathy" } } })], large, now)).toMatchObject({ notReversible: 1, needsSecondPerson: true });
  });

  test("always: every action has one step, no other order is newer, and nothing is taken back that was not done", () => {
    const action = fc.record({ minutes: fc.integer({ min: -100, max: -1 }), state: fc.constantFrom("committed", "started", "compensated"), compensation: fc.constantFrom(http, manual, null) });
    fc.assert(fc.property(fc.array(action, { maxLength: 20 }), (all) => {
      const actions = all.map(({ minutes, state, compensation }, index) => done(`a${index}`, { startedAt: at(minutes), state, compensation }));
      const { steps } = planUndo(actions, large, now);
      expect(steps.map(({ actionId }) => actionId).toSorted()).toEqual(actions.map(({ id }) => id).toSorted());
      const began = steps.map(({ actionId }) => actions.find(({ id }) => id === actionId)?.startedAt?.getTime() ?? 0);
      expect(began).toEqual(began.toSorted((a, b) => b - a));
      for (const { actionId, skipped } of steps) if (skipped === null) expect(actions.find(({ id }) => id === actionId)?.state).toBe("committed");
    }));
  });
});

test("what came later in the conversation, or on the same record, is first", () => {
  const step = (actionId: string, minutes: number, state: string, conversationId: string, input: object = {}) => ({ actionId, startedAt: at(minutes), state, conversationId, input });
  const [newest, older, elsewhere, record] = [step("1", -1, "by_hand", "c", { order: "o-1" }), step("2", -2, "waiting", "c"), step("3", -3, "waiting", ""), step("4", -4, "waiting", "d", { order: "o-1" })] as const;
  const all = [newest, older, elsewhere, record];
  expect(all.map((one) => isReady(one, all))).toEqual([true, false, true, false]);
  const rest = [{ ...newest, state: "done" }, older, elsewhere, record];
  expect(rest.map((one) => isReady(one, rest))).toEqual([true, true, true, true]);
});

test("however reversals meet, something can always go on, and nothing before what came later and touched the same", () => {
  const anyStep = fc.record({
    minutes: fc.option(fc.integer({ min: -9, max: -1 }), { nil: null }), state: fc.constantFrom("waiting", "running", "by_hand", "done", "skipped"), conversationId: fc.constantFrom("", "c", "d"),
    input: fc.constantFrom({}, { order: "o-1" }, { order: "o-2" }),
  });
  fc.assert(fc.property(fc.array(anyStep, { maxLength: 12 }), (given) => {
    const all = given.map(({ minutes, ...step }, index) => ({ ...step, actionId: `a${index}`, startedAt: minutes === null ? null : at(minutes) }));
    const open = all.filter(({ state }) => state === "waiting" || state === "running" || state === "by_hand");
    const ready = open.filter((one) => isReady(one, all));
    if (open.length > 0) expect(ready).not.toEqual([]);
    const isNewer = (a: Date | null, b: Date | null): boolean => (a?.getTime() ?? 0) > (b?.getTime() ?? 0);
    for (const one of ready) expect(open.filter((other) => isNewer(other.startedAt, one.startedAt) && other.conversationId !== "" && other.conversationId === one.conversationId)).toEqual([]);
  }));
});

test("six attempts, with growing pauses", () => {
  expect([1, 2, 3, 4, 5, 6].map(backoffMs)).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, null]);
});
