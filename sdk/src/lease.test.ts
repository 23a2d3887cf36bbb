import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askedNow, Lease } from "./lease.ts";

const onEnd = vi.fn();
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  onEnd.mockClear();
});

function leased(leaseMs = 10_000): Lease {
  const lease = new Lease(onEnd);
  lease.extend(askedNow(), leaseMs);
  return lease;
}

test("holds until it has run out, and says so then", () => {
  const lease = leased();
  vi.advanceTimersByTime(9_999);
  expect([lease.isHeld, onEnd.mock.calls.length]).toEqual([true, 0]);
  vi.advanceTimersByTime(1);
  expect([lease.isHeld, lease.untilMs, onEnd.mock.calls.length]).toEqual([false, null, 1]);
});

test("a machine that slept wakes up without it, though its steady clock stood still", () => {
  const lease = leased();
  vi.setSystemTime(Date.now() + 60_000);
  expect([lease.isHeld, lease.untilMs]).toEqual([false, null]);
  vi.advanceTimersByTime(1_000);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test("an answer that came after the machine had slept brings nothing that is over", () => {
  const lease = new Lease(onEnd);
  const asked = askedNow();
  vi.setSystemTime(Date.now() + 60_000);
  lease.extend(asked, 10_000);
  expect(lease.isHeld).toBe(false);
});

test("a clock that is set back prolongs nothing", () => {
  const lease = leased();
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(9_999);
  expect(lease.isHeld).toBe(true);
  vi.advanceTimersByTime(1);
  expect(lease.isHeld).toBe(false);
});

test("after a clock was set forward it is had again by asking again", () => {
  const lease = leased();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(10);
  lease.extend(askedNow(), 10_000);
  expect(lease.isHeld).toBe(true);
});

test("never becomes shorter by an answer that was overtaken", () => {
  const lease = new Lease(onEnd);
  const early = askedNow();
  vi.advanceTimersByTime(3_000);
  lease.extend(askedNow(), 10_000);
  const { untilMs } = lease;
  lease.extend(early, 10_000);
  expect(lease.untilMs).toBe(untilMs);
});
