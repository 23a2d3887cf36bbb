import fc from "fast-check";
import { expect, it, test } from "vitest";
import { snoozeAnswer } from "./snooze.ts";

const NOW = new Date("2026-11-22T02:15:00Z");
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const offered = (isCritical: boolean, expiresAt: Date | null, now = NOW) => {
  const answer = snoozeAnswer({ isCritical, expiresAt }, now);
  return answer.ok ? answer.choices.map(({ until }) => until.toISOString().slice(0, 16)) : answer.reason;
};

it.each([
  ["what has no end", false, null, ["2026-11-22T02:30", "2026-11-22T03:15", "2026-11-23T09:00"]],
  ["what ends in a day", false, inMinutes(24 * 60), ["2026-11-22T02:30", "2026-11-22T03:15"]],
  ["what ends in 20 min", false, inMinutes(20), ["2026-11-22T02:30"]],
  ["what ends sooner", false, inMinutes(19), "It ends too soon to be snoozed."],
  ["what is over", false, inMinutes(-1), "It ends too soon to be snoozed."],
  ["what is critical", true, null, "It is critical, so it cannot be snoozed."],
] as const)("%s", (_what, isCritical, expiresAt, expected) => {
  expect(offered(isCritical, expiresAt)).toEqual(expected);
});

test("tomorrow is the next day of UTC, at the end of a month too", () => {
  expect(offered(false, null, new Date("2026-12-31T23:59:59Z"))).toContain("2027-01-01T09:00");
});

test("it is always back in time, and later than now", () => {
  const moment = fc.date({ min: new Date("2026-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  fc.assert(fc.property(moment, fc.integer({ min: 0, max: 5_000 }), (now, minutes) => {
    const expiresAt = new Date(now.getTime() + minutes * 60_000);
    const answer = snoozeAnswer({ isCritical: false, expiresAt }, now);
    if (answer.ok) for (const { until } of answer.choices) expect(until > now && until < expiresAt).toBe(true);
  }));
});
