import { describe, expect, it } from "vitest";
import {
  formatBytes, formatClock, formatCount, formatDay, formatDurationMs, formatMinor, formatNanoUsd, formatNumber, formatPercent, formatRelative, formatTokens, formatUtc,
} from "./format.ts";

const cases = <Input>(format: (input: Input) => string, rows: [Input, string][]): void => {
  it.each(rows)("%s is written %s", (input, expected) => expect(format(input)).toBe(expected));
};

describe("formatNumber", () => cases<number | bigint>(formatNumber, [
  [0, "0"], [-0, "0"], [12_345, "12,345"], [1_000_000, "1,000,000"], [0.25, "0.25"], [-0.001, "0"], [-1234.5, "-1,234.5"], [999, "999"], [12_345_678_901_234n, "12,345,678,901,234"], [Number.NaN, "unknown"],
]));

describe("formatPercent", () => cases<number | null>(formatPercent, [
  [0, "0 %"], [1, "100 %"], [0.0421, "4.2 %"], [0.99999, "> 99.9 %"], [0.00001, "< 0.1 %"], [null, "unknown"], [0.5, "50 %"], [Number.NaN, "unknown"],
]));

describe("formatNanoUsd", () => cases<number | bigint | null>(formatNanoUsd, [
  [null, "unknown"], [0, "0.00 USD"], [79_000_000, "0.079 USD"], [1_234_560_000_000, "1,234.56 USD"], [1_250_000, "0.00125 USD"], [100, "< 0.000001 USD"],
  [2_000n, "0.000002 USD"], [500_000_000, "0.50 USD"], [994_900_000, "0.995 USD"], [-2_500_000_000, "-2.50 USD"],
]));

describe("formatMinor", () => {
  it.each<[number | bigint, string, string]>([[20_400, "EUR", "204.00 EUR"], [5, "usd", "0.05 USD"], [1_234, "JPY", "1,234 JPY"], [1_234_567, "KWD", "1,234.567 KWD"], [-150, "USD", "-1.50 USD"], [0n, "USD", "0.00 USD"]])(
    "%s %s is written %s", (minor, currency, expected) => expect(formatMinor(minor, currency)).toBe(expected),
  );
});

describe("formatTokens", () => cases<number | bigint>(formatTokens, [[0, "0"], [9_999, "9,999"], [11_420, "11.4 k"], [412_400, "412 k"], [1_250_000, "1.25 M"], [999_999, "1 M"], [3_000_000_000n, "3 G"]]));

describe("formatDurationMs", () => cases<number | null>(formatDurationMs, [
  [null, "unknown"], [0, "0 ms"], [0.4, "< 1 ms"], [6, "6 ms"], [999.7, "1.00 s"], [2_210, "2.21 s"], [58_400, "58.4 s"], [59_999, "1 min"], [185_000, "3 min 5 s"], [7_800_000, "2 h 10 min"], [273_600_000, "3 d 4 h"], [-5, "-5 ms"],
]));

describe("times", () => {
  const now = new Date("2026-11-21T02:13:07.400Z");
  it.each([
    ["2026-11-21T02:13:05Z", "just now"], ["2026-11-21T02:12:20Z", "47 s ago"], ["2026-11-21T01:31:07Z", "42 min ago"], ["2026-11-20T20:00:00Z", "6 h ago"], ["2026-11-18T00:00:00Z", "3 d ago"],
    ["2026-11-24T03:00:00Z", "in 3 d"], ["2026-08-01T00:00:00Z", "1 Aug 2026"], ["nonsense", "unknown"],
  ])("%s is %s", (at, expected) => expect(formatRelative(at, now)).toBe(expected));

  it("writes UTC whatever the machine's zone", () => {
    expect(formatUtc(now)).toBe("21 Nov 2026, 02:13:07 UTC");
    expect(formatClock(now)).toBe("02:13:07");
    expect(formatDay(now)).toBe("21 Nov 2026");
    expect(formatUtc(new Date(Number.NaN))).toBe("unknown");
  });
});

describe("formatBytes", () => cases(formatBytes, [[12, "12 B"], [1_500, "1.5 kB"], [412_345, "412 kB"], [2_500_000, "2.5 MB"]]));

describe("formatCount", () => {
  it.each<[number, string]>([[0, "0 runs"], [1, "1 run"], [1_200, "1,200 runs"]])("%s", (count, expected) => expect(formatCount(count, "run")).toBe(expected));
});
