import { expect, test } from "vitest";
import { whatHappened, whyNotNow, type ActionPulse } from "./meanwhile.ts";

const seen: ActionPulse = { readAt: "2026-11-21T09:50:00.000Z", state: "held", inputDigest: "sha256:a", expiresAt: "2026-11-21T10:00:00.000Z", events: 1, decidedBy: null };
const happened = (now: Partial<ActionPulse>) => whatHappened(seen, { ...seen, readAt: "2026-11-21T09:51:00.000Z", ...now });

test("a person is named for what a person decided, and for nothing else", () => {
  expect(happened({})).toBeNull();
  expect(happened({ state: "rejected", decidedBy: "Ana" })?.title).toBe("Rejected by Ana, just now.");
  expect(happened({ state: "expired", decidedBy: "Ana" })?.title).toBe("Expired, just now.");
  expect(happened({ state: "stopped", decidedBy: "Ana" })?.title).toBe("Stopped by a kill switch, just now.");
});

test("what was asked before the page was made tells nothing", () => {
  expect(happened({ state: "approved", readAt: seen.readAt })).toBeNull();
});

test("what voids the decision and what does not", () => {
  expect(happened({ state: "approved" })?.isDecided).toBe(true);
  expect(happened({ inputDigest: "sha256:b" })?.isDecided).toBe(true);
  expect(happened({ events: 2 })?.isDecided).toBe(false);
  expect(happened({ expiresAt: "2026-11-21T10:15:00.000Z" })?.isDecided).toBe(false);
});

test("nobody approves what may be older than what happened; more time hides nothing", () => {
  expect(whyNotNow(null)).toBeNull();
  expect(whyNotNow(happened({ expiresAt: "2026-11-21T10:15:00.000Z" }))).toBeNull();
  expect(whyNotNow(happened({ events: 2 }))).toBe("Something happened since you opened this. Show it as it is now first.");
  expect(whyNotNow("unknown")).toMatch(/when the console says that this is still current/);
});
