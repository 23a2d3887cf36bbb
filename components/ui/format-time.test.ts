import { describe, expect, it } from "vitest";
import { formatDistance, formatDuration, formatExactMoment, formatMoment, formatRelative } from "./format-time.ts";

const now = new Date("2026-11-21T02:14:07.500Z");

describe("formatRelative", () => {
  it.each([
    ["2026-11-21T02:14:07.200Z", "now"],
    ["2026-11-21T02:14:03.000Z", "4 s ago"],
    ["2026-11-21T02:13:08.000Z", "59 s ago"],
    ["2026-11-21T02:13:07.500Z", "1 min ago"],
    ["2026-11-21T00:00:00.000Z", "2 h ago"],
    ["2026-11-19T02:14:08.000Z", "47 h ago"],
    ["2026-11-19T02:14:07.500Z", "2 d ago"],
    ["2026-11-21T02:20:08.000Z", "in 6 min"],
  ])("%s is %s", (at, text) => {
    expect(formatRelative(new Date(at), now)).toBe(text);
  });
});

describe("formatMoment", () => {
  it("is in UTC and leaves out this year", () => {
    expect(formatMoment(new Date("2026-11-20T16:20:30Z"), now)).toBe("20 Nov 16:20 UTC");
    expect(formatMoment(new Date("2026-11-20T23:30:00-05:00"), now)).toBe("21 Nov 04:30 UTC");
    expect(formatMoment(new Date("2026-11-20T16:20:04Z"), now, "second")).toBe("20 Nov 16:20:04 UTC");
    expect(formatMoment(new Date("2026-11-20T16:20:04Z"), now, "day")).toBe("20 Nov");
  });
  it("writes another year", () => {
    expect(formatMoment(new Date("2025-12-31T23:59:00Z"), now)).toBe("31 Dec 2025 23:59 UTC");
  });
});

it("writes the exact moment for titles and copying", () => {
  expect(formatExactMoment(new Date("2026-11-20T16:20:04.999Z"))).toBe("2026-11-20 16:20:04 UTC");
});

it.each([
  [9, "9 ms"],
  [1820, "1.82 s"],
  [58_400, "58.4 s"],
  [125_000, "2 min 5 s"],
  [3 * 3_600_000 + 4 * 60_000, "3 h 4 min"],
])("a duration of %d ms is %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

it("measures a distance in either direction", () => {
  expect(formatDistance(-90_000)).toBe(formatDistance(90_000));
});
