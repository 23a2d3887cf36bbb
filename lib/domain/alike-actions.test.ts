import fc from "fast-check";
import { expect, test } from "vitest";
import { groupAlike, likenessOf, whyNotTogether, type WaitingAction } from "./alike-actions.ts";

const action = (id: string, amountMinor: bigint | null, more: Partial<WaitingAction> = {}): WaitingAction => ({ id, agentId: "refund-bot", tool: "refund_create", versionId: "av_1", policies: ["over-100"], currency: "EUR", amountMinor, ...more });

test("from tier 2 on nothing is decided together", () => {
  expect([null, 0, 1, 2].map((tier) => whyNotTogether(tier) === null)).toEqual([true, true, true, false]);
});

test("what is alike is counted together, and what stands out is named", () => {
  const others = [action("c", 5_000n, { tool: "credit_give" }), action("d", 100n, { versionId: "av_2" })];
  const [group, ...rest] = groupAlike([action("a", 10_000n), action("b", 12_000n), action("x", 90_000n), action("n", null), action("e", 18_000n), ...others], () => null);
  expect(rest).toEqual([]);
  expect(group).toMatchObject({ totalMinor: 40_000n, largestMinor: 18_000n });
  expect(group?.together.map(({ id }) => id)).toEqual(["a", "b", "e"]);
  expect(group?.leftOut.map(({ action: { id }, why }) => [id, /three times that of the others|not known/.test(why)])).toEqual([["x", true], ["n", true]]);
});

test("what is far from the agent's habit is left out too, so that a pair of large ones is no pair", () => {
  expect(groupAlike([action("a", 90_000n), action("b", 90_000n)], () => 10_000)).toEqual([]);
});

const some = fc.record({ id: fc.uuid(), agentId: fc.constantFrom("a", "b"), tool: fc.constantFrom("t", "u"), versionId: fc.constantFrom("v", null), policies: fc.subarray(["p", "q"]), currency: fc.constantFrom("EUR", null), amountMinor: fc.option(fc.bigInt(1n, 100_000n)) });

test("a group never holds two that differ in what is compared, nobody twice, and its total is the sum of what it shows", () => {
  fc.assert(fc.property(fc.uniqueArray(some, { selector: ({ id }) => id, maxLength: 30 }), (actions) => {
    const groups = groupAlike(actions, () => null);
    const ids = groups.flatMap(({ together, leftOut }) => [...together.map(({ id }) => id), ...leftOut.map(({ action: { id } }) => id)]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { together, totalMinor, largestMinor } of groups) {
      expect(new Set(together.map(likenessOf)).size).toBe(1);
      expect(together.length).toBeGreaterThan(1);
      const known = together.flatMap(({ amountMinor }) => amountMinor ?? []);
      expect(totalMinor ?? 0n).toBe(known.reduce((sum, amount) => sum + amount, 0n));
      expect(known.every((amount) => amount <= (largestMinor ?? 0n))).toBe(true);
    }
  }));
});
