import { expect, test } from "vitest";
import { previewSentences, remainsSentence, secondPersonSentence } from "./undo-words.ts";

test("a preview says what would not be taken back, with its amount", () => {
  expect(previewSentences({
    actions: 4, reversible: 2, byHand: 1, notReversible: 1, firstEnd: "2026-11-21T12:30:00.000Z", needsSecondPerson: true, approver: null, isCut: false,
    amounts: [{ currency: "EUR", minor: "12000", lostMinor: "500" }, { currency: "JPY", minor: "0", lostMinor: "40" }],
  })).toEqual(["2 can be taken back, the first until 21 Nov 2026, 12:30:00 UTC.", "1 by hand only.", "Together 120.00 EUR.", "1 cannot be taken back, 5.00 EUR and 40 JPY."]);
});

test("what remains", () => {
  const steps = ["done", "waiting", "running", "by_hand", "skipped"].map((state) => ({ state }));
  expect(remainsSentence("running", null, steps)).toBe("2 still to be taken back, 1 to be done by hand, 1 left out.");
  expect(remainsSentence("waiting", null, steps)).toMatch(/before a second person approves/);
  expect(remainsSentence("waiting", "business_owner", steps)).toMatch(/before the agent's business owner approves/);
  expect(remainsSentence("done", null, [{ state: "done" }])).toBe("Nothing remains.");
});

test("who has to agree is said before anybody asks", () => {
  expect(secondPersonSentence({ needsSecondPerson: false, approver: "business_owner" })).toBeNull();
  expect(secondPersonSentence({ needsSecondPerson: true, approver: null })).toBe("A second person approves before anything is taken back.");
  expect(secondPersonSentence({ needsSecondPerson: true, approver: "technical_owner" })).toMatch(/one of the two is the agent's technical owner/);
});
