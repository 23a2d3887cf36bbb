import { expect, test } from "vitest";
import { whatHappened, type ChangePulse } from "./decided-elsewhere.tsx";

const seen: ChangePulse = { state: "open", revision: 1, fingerprint: "sha256:aaaaaaaa", events: 2, decidedBy: null };

test.each<[string, Partial<ChangePulse>, string | undefined]>([
  ["nothing", {}, undefined],
  ["a decision, whatever else moved", { state: "rejected", decidedBy: "Ana Ruiz", events: 3 }, "Rejected by Ana Ruiz just now."],
  ["the system never poses as a person", { state: "expired", decidedBy: "system:holdpoint" }, "Expired by Holdpoint just now."],
  ["an edit", { revision: 2, fingerprint: "sha256:bbbbbbbb" }, "The proposal was edited just now."],
  ["a review", { events: 3 }, "Somebody reviewed this, or a suite reported."],
])("%s", (_name, change, title) => {
  expect(whatHappened(seen, { ...seen, ...change })?.title).toBe(title);
});

test("an edit names both fingerprints", () => {
  expect(whatHappened(seen, { ...seen, revision: 2, fingerprint: "sha256:bbbbbbbb" })?.detail).toMatch(/bbbb bbbb now, no longer aaaa aaaa/);
});
