import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUsdPerMillion, parseUsdPerMillion } from "./usd-per-million.ts";

describe("parseUsdPerMillion", () => {
  it.each([["2.5", 2_500_000], ["0", 0], ["0.075", 75_000], [" 10 ", 10_000_000], ["0.000001", 1], ["1000000", 1_000_000_000_000]])("%s", (text, micro) => expect(parseUsdPerMillion(text)).toBe(micro));
  it.each(["", "-1", "1,5", "1e3", "0.0000001", "$2", "1000001", ".5", "5.", "NaN", "٣"])("refuses %j", (text) => expect(parseUsdPerMillion(text)).toBeNull());
  it("reads back what it writes", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (micro) => parseUsdPerMillion(formatUsdPerMillion(micro)) === micro));
  });
  it("writes at least two decimals", () => expect([2_500_000, 75_000, 10_000_000].map(formatUsdPerMillion)).toEqual(["2.50", "0.075", "10.00"]));
});
