import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seedCommitment, seedDueAfter, seedingSchema } from "./seeding.ts";

test("it is due after half to one and a half times as many", () => {
  const chance = fc.double({ min: 0, max: 0.999_999, noNaN: true });
  fc.assert(fc.property(fc.integer({ min: 10, max: 1_000 }), chance, (oneIn, drawn) => {
    const due = seedDueAfter(oneIn, () => drawn);
    expect(due).toBeGreaterThanOrEqual(oneIn / 2);
    expect(due).toBeLessThanOrEqual(Math.ceil(oneIn * 1.5));
  }));
});

test("a promise is opened by the id and the salt, by anybody", () => {
  expect(seedCommitment("ac_1", "salt")).toBe(createHash("sha256").update("ac_1 salt").digest("hex"));
  expect(seedCommitment("ac_2", "salt")).not.toBe(seedCommitment("ac_1", "salt"));
});

test.each([[10, true], [1_000, true], [null, true], [9, false], [1_001, false], [10.5, false], ["50", false]])("one in %s: %s", (oneIn, isGood) => {
  expect(seedingSchema.safeParse({ oneIn }).success).toBe(isGood);
});
