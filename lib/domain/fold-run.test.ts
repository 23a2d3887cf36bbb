import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SPAN_KINDS, SPAN_STATUSES, type AgentSpan, type TokenUsage } from "./agent-span.ts";
import { foldSpans, mergeRun, runCost, type RunDelta } from "./fold-run.ts";
import type { ToolEffect } from "./manifest.ts";

const blank: AgentSpan = {
  traceId: "t", spanId: "s", parentSpanId: "root", name: "step", kind: "step", dialect: "gen_ai", startUs: 100, endUs: 200, status: "ok",
  errorType: null, errorMessage: null, agentHints: [], versionLabel: null, fingerprint: null, stage: null, conversationId: null, agentName: null,
  provider: null, model: null, tokens: null, reportedCostNanoUsd: null, toolName: null, toolCallId: null, input: null, output: null,
  systemInstructions: null, toolDefinitions: null, outcome: null, escalated: false, humanIntervened: false, records: [], segments: {}, attributes: {},
};
const span = (more: Partial<AgentSpan>): AgentSpan => ({ ...blank, ...more });
const tool = (toolName: string, more: Partial<AgentSpan> = {}): AgentSpan => span({ kind: "tool", toolName, ...more });
const tokens: TokenUsage = { input: 100, output: 10, cacheRead: 40, cacheWrite: 0, reasoning: 0 };
const inference = (more: Partial<AgentSpan> = {}): AgentSpan => span({ kind: "inference", model: "gpt-4o", tokens, ...more });
const root = (more: Partial<AgentSpan> = {}): AgentSpan => span({ kind: "agent", parentSpanId: null, name: "invoke_agent", ...more });

const reading = { escalationTools: ["transfer_to_human_agents"], recordAttributes: { "app.order": "order" }, segmentAttributes: ["app.region"] };
const effects: Record<string, ToolEffect> = { search: "read", pay: "irreversible", note: "write" };
const priceOf = (some: AgentSpan): number | null => (some.model === "gpt-4o" ? 7 : null);
const fold = (...spans: AgentSpan[]): RunDelta => foldSpans(spans, reading, effects, priceOf);

describe("counts", () => {
  test("tool calls, and which of them have an effect", () => {
    expect(fold(tool("search"), tool("pay"), tool("note"), tool("undeclared"), tool("constructor"))).toMatchObject({
      spanCount: 5, toolCalls: 5, consequentialCalls: 2, actionErrors: 0, toolNames: ["constructor", "note", "pay", "search", "undeclared"],
    });
  });

  test.each([
    ["ok", 1, 1, 0, false],
    ["error", 1, 1, 1, false],
    ["interrupted", 0, 0, 0, true],
    ["rejected", 0, 0, 0, true],
    ["refused", 0, 0, 0, false],
  ] as const)("a tool span that ended %s", (status, toolCalls, consequentialCalls, actionErrors, humanIntervened) => {
    expect(fold(tool("pay", { status }))).toMatchObject({ toolCalls, consequentialCalls, actionErrors, humanIntervened, toolNames: ["pay"] });
  });

  test("an error that is not a tool's is no action error", () => {
    expect(fold(inference({ status: "error" })).actionErrors).toBe(0);
  });

  test("transport is not counted, but its time belongs to the run", () => {
    const sent = tool("pay", { kind: "transport", status: "error", endUs: 900, tokens, escalated: true, outcome: "failure", parentSpanId: null });
    expect(fold(tool("pay"), sent)).toEqual({ ...fold(tool("pay")), endUs: 900 });
  });

  test("times are the earliest start and the latest end", () => {
    expect(fold(span({ startUs: 5, endUs: 9 }), span({ startUs: 1, endUs: 6 }))).toMatchObject({ startUs: 1, endUs: 9 });
  });

  test("a run without spans is none", () => {
    expect(() => fold()).toThrow(RangeError);
  });
});

describe("cost", () => {
  test.each<[string, AgentSpan[], number | null]>([
    ["known calls add up", [inference(), inference()], 14],
    ["one unknown price makes it unknown", [inference(), inference({ model: "secret" })], null],
    ["an answer without counted tokens is not free", [inference({ tokens: null, model: null })], null],
    ["a failed call without tokens costs nothing", [inference(), inference({ tokens: null, status: "error" })], 7],
    ["an embedding without a price is unknown", [inference(), span({ kind: "embedding", tokens })], null],
    ["no model call seen", [tool("search")], null],
  ])("%s", (_, spans, nanoUsd) => {
    expect(runCost(fold(...spans))).toBe(nanoUsd);
  });

  test("a model that is listed as free is free", () => {
    expect(runCost(foldSpans([inference()], reading, effects, () => 0))).toBe(0);
  });

  test("tokens", () => {
    expect(fold(inference(), inference(), root())).toMatchObject({ inferenceCalls: 2, inputTokens: 200, outputTokens: 20, cacheReadTokens: 80 });
  });
});

describe("outcome", () => {
  test.each<[string, AgentSpan[], RunDelta["outcome"], RunDelta["outcomeSource"]]>([
    ["nothing known", [root(), tool("pay", { status: "error" })], null, null],
    ["the root failed", [root({ status: "error" })], "failure", "trace"],
    ["a root workflow failed", [root({ kind: "workflow", status: "error" })], "failure", "trace"],
    ["an inner agent failed", [root(), span({ kind: "agent", status: "error" })], null, null],
    ["a root that is no task failed", [root({ kind: "inference", status: "error" })], null, null],
    ["a root that waits has not failed", [root({ status: "interrupted" })], null, null],
    ["the agent says otherwise", [root({ status: "error" }), span({ outcome: "success" })], "success", "agent"],
    ["the later word counts", [span({ outcome: "success", endUs: 300 }), span({ outcome: "failure", endUs: 250 })], "success", "agent"],
  ])("%s", (_, spans, outcome, outcomeSource) => {
    expect(fold(...spans)).toMatchObject({ outcome, outcomeSource });
  });
});

test.each<[string, AgentSpan, boolean]>([
  ["by attribute", span({ escalated: true }), true],
  ["by a tool", tool("transfer_to_human_agents"), true],
  ["not by a tool that a person stopped", tool("transfer_to_human_agents", { status: "rejected" }), false],
  ["not by another kind of span of that name", span({ toolName: "transfer_to_human_agents" }), false],
])("escalated %s", (_, some, escalated) => {
  expect(fold(some).escalated).toBe(escalated);
});

describe("what it was about", () => {
  test("the root gives the name", () => {
    expect(fold(tool("pay"))).toMatchObject({ rootSeen: false, rootName: null });
    expect(fold(tool("pay"), root(), root({ startUs: 50, agentName: "Refunds" }))).toMatchObject({ rootSeen: true, rootName: "Refunds" });
  });

  test("the error that ended first is told, in one short line", () => {
    const inner = tool("pay", { status: "error", errorType: "Timeout", errorMessage: "no answer\n\u0000 in 30 s", startUs: 150, endUs: 180 });
    expect(fold(root({ status: "error", errorMessage: "task failed", endUs: 190 }), inner).errorSentence).toBe("Timeout: no answer in 30 s");
    expect(fold(tool("pay", { name: "execute_tool pay", status: "error" })).errorSentence).toBe("execute_tool pay failed");
    const long = fold(tool("pay", { status: "error", errorMessage: `${"x".repeat(298)}😀${"x".repeat(9_000)}` })).errorSentence ?? "";
    expect(long).toBe(`${"x".repeat(298)}…`);
  });

  test("version, fingerprint and stage come from the first span that carries them", () => {
    const spans = [span({ startUs: 3, versionLabel: "b", stage: "shadow" }), span({ startUs: 1 }), span({ startUs: 2, versionLabel: "c", fingerprint: "sha256:1" })];
    expect(fold(...spans)).toMatchObject({ versionLabel: "c", fingerprint: "sha256:1", stage: "shadow" });
  });

  test("records and segments, from the span and from the attributes that the card names", () => {
    const one = span({ records: [{ type: "ticket", id: "7" }], segments: { plan: "pro" }, attributes: { "app.order": 42, "app.region": "eu", other: "x" } });
    expect(fold(one, one)).toMatchObject({
      records: [{ type: "order", id: "42" }, { type: "ticket", id: "7" }],
      segments: { "app.region": "eu", plan: "pro" },
    });
  });

  test("lists have an end", () => {
    const many = Array.from({ length: 500 }, (_, i) => tool(`tool-${i}`, { records: [{ type: "ticket", id: `${i}` }], segments: { [`s${i}`]: "x" } }));
    const run = fold(...many);
    expect([run.records.length, run.toolNames.length, Object.keys(run.segments).length, run.toolCalls]).toEqual([20, 200, 20, 500]);
  });
});

describe("always", () => {
  const maybe = <T>(...values: T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values));
  const someSpan: fc.Arbitrary<AgentSpan> = fc
    .record({
      kind: fc.constantFrom(...SPAN_KINDS), status: fc.constantFrom(...SPAN_STATUSES), parentSpanId: maybe("p"), name: fc.constantFrom("a", "b"),
      startUs: fc.nat(5), endUs: fc.nat(9), versionLabel: maybe("1", "2"), fingerprint: maybe("f", "g"), stage: maybe("shadow", "bounded"),
      tokens: maybe(tokens), model: maybe("gpt-4o", "secret"), toolName: maybe("pay", "search", "transfer_to_human_agents"),
      outcome: maybe("success" as const, "failure" as const), errorMessage: maybe("x", "y"), escalated: fc.boolean(), humanIntervened: fc.boolean(),
      records: fc.array(fc.record({ type: fc.constantFrom("a", "b"), id: fc.nat(40).map(String) }), { maxLength: 12 }),
      segments: fc.dictionary(fc.nat(40).map((n) => `s${n}`), fc.constantFrom("x", "y"), { maxKeys: 12 }),
    })
    .map(span);
  const some = fc.array(someSpan, { minLength: 1, maxLength: 8 });

  test("however spans are cut into batches and ordered, the run is the same", () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const [x, y, z] = [fold(...a), fold(...b), fold(...c)];
        expect(mergeRun(x, y)).toEqual(mergeRun(y, x));
        expect(mergeRun(mergeRun(x, y), z)).toEqual(mergeRun(x, mergeRun(y, z)));
        expect(fold(...c, ...b, ...a)).toEqual(mergeRun(mergeRun(x, y), z));
      }),
      { numRuns: 300 },
    );
  });

  test("more spans never make an unknown cost known, nor any count smaller", () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const [before, after] = [fold(...a), fold(...a, ...b)];
        if (before.unknownCostSpans > 0) expect(runCost(after)).toBeNull();
        expect(after.toolCalls).toBeGreaterThanOrEqual(before.toolCalls);
        expect(after.actionErrors).toBeLessThanOrEqual(after.toolCalls);
        expect(after.consequentialCalls).toBeLessThanOrEqual(after.toolCalls);
      }),
    );
  });
});
