import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nanoUsdOf } from "./nano-usd.ts";

describe("nanoUsdOf", () => {
  it.each<[unknown, number | null]>([
    [0.1, 100_000_000], ["0.1", 100_000_000], [0.3, 300_000_000], ["0.29", 290_000_000], [1, 1_000_000_000], ["1234.567890123", 1_234_567_890_123],
    ["0.0000000014", 1], ["0.0000000015", 2], [1e-9, 1], [1.5e-7, 150], ["2E-3", 2_000_000], ["+0.5", 500_000_000], [1e3, 1_000_000_000_000],
    [0, 0], ["0.000", 0], [-0, 0], ["0e900", 0], [1e-30, 0], ["0.00000000004", 0],
    [-1, null], ["-0.1", null], [Number.NaN, null], ["NaN", null], [Number.POSITIVE_INFINITY, null], ["", null], ["1,5", null], ["0x10", null], [null, null],
    [true, null], [{}, null], ["1e99", null], ["99999999999", null], [" 0.25 ", 250_000_000],
  ])("%j USD is %j", (usd, nano) => expect(nanoUsdOf(usd)).toBe(nano));

  it("gives back every whole nano-USD that was written as a decimal", () => {
    fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (nano) => {
      const digits = String(nano).padStart(10, "0");
      expect(nanoUsdOf(`${digits.slice(0, -9)}.${digits.slice(-9)}`)).toBe(nano);
    }));
  });
});
