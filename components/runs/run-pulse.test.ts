import { expect, test } from "vitest";
import { isRunOver, newsOfRun } from "./run-pulse.ts";

const seen = { spans: 12, outcome: null };

test.each([
  ["nothing", seen, null], ["one span", { spans: 13, outcome: null }, "Show 1 new span"], ["many", { spans: 1_500, outcome: null }, "Show 1,488 new spans"],
  ["its outcome", { spans: 12, outcome: "failure" }, "Show its outcome"], ["both", { spans: 14, outcome: "failure" }, "Show 2 new spans"], ["fewer, by retention", { spans: 4, outcome: null }, null],
])("what came since: %s", (_, pulse, words) => expect(newsOfRun(seen, pulse)).toBe(words));

test("who told the outcome on this page is not shown it again by what was asked before", () => expect(newsOfRun({ spans: 12, outcome: "failure" }, seen)).toBeNull());

test("a run of which nothing came for a day is over", () => {
  const endedAt = "2026-11-21T12:00:00.000Z";
  expect([isRunOver(endedAt, new Date("2026-11-22T12:00:00Z")), isRunOver(endedAt, new Date("2026-11-22T12:00:01Z"))]).toEqual([false, true]);
});
