import { expect, test } from "vitest";
import { whatHappened, whyNotNow, type ChangePulse } from "./decided-elsewhere.tsx";

const seen: ChangePulse = { readAt: "2026-11-21T09:50:00.000Z", state: "open", revision: 1, fingerprint: "sha256:aaaaaaaa", events: 2, decidedBy: null, cameBack: null };
const happened = (change: Partial<ChangePulse>) => whatHappened(seen, { ...seen, readAt: "2026-11-21T09:51:00.000Z", ...change });

test.each<[string, Partial<ChangePulse>, string | undefined]>([
  ["nothing", {}, undefined],
  ["a decision, whatever else moved", { state: "rejected", decidedBy: "Ana Ruiz", events: 3 }, "Rejected by Ana Ruiz just now."],
  ["the system never poses as a person", { state: "expired", decidedBy: "system:holdpoint" }, "Expired by Holdpoint just now."],
  ["an edit", { revision: 2, fingerprint: "sha256:bbbbbbbb" }, "The proposal was edited just now."],
  ["another live version", { revision: 2 }, "The live version moved just now."],
  ["a review", { events: 3 }, "Somebody reviewed this, or a suite reported."],
])("%s", (_name, change, title) => {
  expect(happened(change)?.title).toBe(title);
});

test("an edit names both fingerprints", () => {
  expect(happened({ revision: 2, fingerprint: "sha256:bbbbbbbb" })?.detail).toMatch(/bbbb bbbb now, no longer aaaa aaaa/);
});

test("whose approval is void reads who made it so, and that it came back; nobody else does", () => {
  const edit = { revision: 2, fingerprint: "sha256:bbbbbbbb" };
  expect(happened({ ...edit, cameBack: "Tomás Vega edited the proposal: it is version 3 now." })?.detail).toMatch(/Tomás Vega edited the proposal: it is version 3 now\. So your approval is void, and it came back to you\.$/);
  expect(happened(edit)?.detail).toMatch(/Approvals given before are void\.$/);
});

test("what was asked before the page was made tells nothing", () => {
  expect(happened({ state: "rejected", readAt: seen.readAt })).toBeNull();
});

test("nobody approves what may be older than what happened", () => {
  expect(whyNotNow(happened({}))).toBeNull();
  expect(whyNotNow("unknown")).toMatch(/when the console says that this is still current/);
  for (const change of [{ state: "rejected" }, { revision: 2 }, { events: 3 }]) expect(whyNotNow(happened(change))).toMatch(/Show the change as it is now first\.$/);
});
