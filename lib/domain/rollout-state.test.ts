import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clockHold, ENDED_ROLLOUT_STATES, faultOfMove, isOpenRollout, isRolloutState, ROLLOUT_MOVES, ROLLOUT_STATES, type RolloutClock } from "./rollout-state.ts";

test("which move is allowed from where", () => {
  const rows = ROLLOUT_MOVES.map((move) => `${move.padEnd(15)}${ROLLOUT_STATES.filter((state) => faultOfMove(state, move) === null).join(" ")}`);
  expect(`\n${rows.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    edit_plan      planned
    start          planned
    skip           planned
    pause          running
    resume         paused held
    promote        running
    waive          running held
    raise_exposure running
    hold           running
    complete       planned running held
    roll_back      running paused held
    abort          planned running paused held
    supersede      planned running paused held
    "
  `);
});

test("what is over stays over, and every refusal is a sentence", () => {
  for (const state of ENDED_ROLLOUT_STATES) for (const move of ROLLOUT_MOVES) expect(faultOfMove(state, move)).toMatch(/^This rollout is .+, so it cannot .+\.$/);
  for (const state of ROLLOUT_STATES) expect([isRolloutState(state), isOpenRollout(state)]).toEqual([true, faultOfMove(state, "abort") === null]);
  expect(isRolloutState("promoted")).toBe(false);
});

describe("a running rollout is held", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  const well: RolloutClock = { since: before(48), lastOutcomeAt: before(1), deadlineAt: before(-24), noDataHours: 24, crossed: 0, judged: 1_000, silent: null };

  test.each<[string, Partial<RolloutClock>, string | null]>([
    ["not while all is well", {}, null],
    ["at its deadline", { deadlineAt: now }, "deadline"],
    ["not without one", { deadlineAt: null }, null],
    ["without any outcome for so long", { lastOutcomeAt: before(24) }, "no_data"],
    ["without any outcome at all", { lastOutcomeAt: null }, "no_data"],
    ["without any outcome of one version", { silent: "candidate" }, "candidate_silent"],
    ["without any of the other", { silent: "current" }, "current_silent"],
    ["not when it was resumed a moment ago", { lastOutcomeAt: before(90), since: before(2) }, null],
    ["when many tasks ran with the other version", { crossed: 21 }, "crossed"],
    ["not for the few that happen", { crossed: 20 }, null],
    ["not for five of a handful", { crossed: 5, judged: 6 }, null],
    ["for six of a handful, before anything else is said", { crossed: 6, judged: 6, deadlineAt: before(1), lastOutcomeAt: null }, "crossed"],
  ])("%s", (_title, given, code) => {
    expect(clockHold({ ...well, ...given }, now)).toBe(code);
  });

  test("and stays so as time goes on", () => {
    fc.assert(fc.property(fc.nat(100), fc.nat(100), fc.nat(1_000), (heardHours, deadlineHours, laterHours) => {
      const clock = { ...well, lastOutcomeAt: before(heardHours), deadlineAt: before(deadlineHours - 50) };
      if (clockHold(clock, now) !== null) expect(clockHold(clock, new Date(now.getTime() + laterHours * 3_600_000))).not.toBeNull();
    }));
  });
});
