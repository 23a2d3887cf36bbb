import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentInScope, parseStopScope, stopCovers, stopName, writeStopScope, type ScopedStop } from "./stop-scope.ts";

test.each<[string, ScopedStop | null]>([
  ["fleet", { scope: "fleet", target: "" }],
  ["tier:2", { scope: "tier", target: "2" }],
  ["agent:refund-bot", { scope: "agent", target: "refund-bot" }],
  ["version:av_1", { scope: "version", target: "av_1" }],
  ["tool:refund-bot/refund_create", { scope: "tool", target: "refund-bot/refund_create" }],
  ["tool:refund-bot/files/read:all", { scope: "tool", target: "refund-bot/files/read:all" }],
  ["", null], ["agent", null], ["agent:", null], ["agent: ", null], ["tier:3", null], ["tier:02", null], ["tier:-1", null], ["tier:", null], ["fleet:all", null], ["everything", null], ["toString", null],
  ["tool:refund_create", null], ["tool:/refund_create", null], ["tool:refund-bot/", null], [`agent:${"x".repeat(301)}`, null],
])("%s is read as %j", (text, stop) => {
  expect(parseStopScope(text)).toEqual(stop);
  if (stop) expect(writeStopScope(stop)).toBe(text);
});

test("whatever is typed is read or refused, and what is read is written so that it is read again", () => {
  const text = fc.oneof(fc.string(), fc.tuple(fc.constantFrom("fleet", "tier", "agent", "version", "tool"), fc.string()).map(([scope, target]) => `${scope}:${target}`));
  fc.assert(fc.property(text, (typed) => {
    const stop = parseStopScope(typed);
    if (stop) expect(parseStopScope(writeStopScope(stop))).toEqual(stop);
  }));
});

describe("covers", () => {
  const agent = { id: "refund-bot", tier: 2, currentVersionId: "av_1" };
  test.each<[string, boolean]>([
    ["fleet", true], ["tier:2", true], ["tier:1", false], ["agent:refund-bot", true], ["agent:refund", false], ["version:av_1", true], ["version:av_2", false],
    ["tool:refund-bot/refund_create", true], ["tool:crm/refund_create", false],
  ])("%s: %s", (text, isCovered) => {
    expect(stopCovers(parseStopScope(text) as ScopedStop, agent)).toBe(isCovered);
  });

  test("an agent without a tier counts as tier 0, and one without a version has none that could be stopped", () => {
    const bare = { id: "bare", tier: null, currentVersionId: null };
    expect(stopCovers({ scope: "tier", target: "0" }, bare)).toBe(true);
    expect(stopCovers({ scope: "version", target: "" }, bare)).toBe(false);
  });
});

test.each<[ScopedStop, string, string | null]>([
  [{ scope: "fleet", target: "" }, "the whole fleet", null],
  [{ scope: "tier", target: "2" }, "tier 2", null],
  [{ scope: "agent", target: "crm" }, "crm", "crm"],
  [{ scope: "tool", target: "crm/order/get" }, "order/get of crm", "crm"],
  [{ scope: "version", target: "av_1" }, "version 3 of crm", null],
])("%j is called %s", (stop, name, agentId) => {
  expect(stopName(stop, { agentId: "crm", number: 3 })).toBe(name);
  expect(agentInScope(stop)).toBe(agentId);
});
