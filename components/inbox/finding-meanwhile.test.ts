import { expect, it } from "vitest";
import { whatHappened, whyNotNow, type FindingPulse } from "./finding-meanwhile.ts";

const SEEN: FindingPulse = { readAt: "2026-03-01T02:00:00.000Z", state: "open", closedBy: null, review: null };
const later = (more: Partial<FindingPulse>): FindingPulse => ({ ...SEEN, readAt: "2026-03-01T02:00:30.000Z", ...more });

it("says who closed it elsewhere, and that nothing is decided from here", () => {
  expect(whatHappened(SEEN, later({ state: "closed", closedBy: "Ana Ruiz" }))?.title).toBe("Closed by Ana Ruiz just now.");
  expect(whatHappened(SEEN, later({ state: "closed", closedBy: "system:findings" }))?.title).toBe("Closed by Holdpoint just now.");
  expect(whyNotNow(whatHappened(SEEN, later({ state: "closed", closedBy: "Ana Ruiz" })))).toBe("Closed by Ana Ruiz just now. Show the finding as it is now first.");
});

it("says that a review was asked for, or moved on", () => {
  expect(whatHappened(SEEN, later({ review: "ch_1 open" }))?.title).toBe("Somebody asked for its review just now.");
  expect(whatHappened({ ...SEEN, review: "ch_1 open" }, later({ review: "ch_1 rejected" }))?.title).toBe("Its review moved just now.");
});

it("says nothing while it stands as it was, nor from an answer that is older than the page", () => {
  expect(whatHappened(SEEN, later({}))).toBeNull();
  expect(whyNotNow(null)).toBeNull();
  expect(whatHappened({ ...SEEN, state: "closed", readAt: "2026-03-01T02:01:00.000Z" }, later({}))).toBeNull();
});

it("what cannot be told is not decided either", () => {
  expect(whyNotNow("unknown")).toBe("It can be decided again when the console says that this is still current.");
});
