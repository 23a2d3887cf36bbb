import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedTelemetry } from "./malformed-telemetry.ts";
import { readOpenAiAgentsIngest, type NativeIngest } from "./openai-agents-ingest.ts";

const now = new Date("2026-11-22T00:00:00Z");
const TRACE = "3fa4278d3cfe4dd3a0da0202c8c9dbc1";
const id = (number: number): string => `span_${String(number).padStart(24, "a")}`;
const ingest = (data: unknown): NativeIngest => readOpenAiAgentsIngest(new TextEncoder().encode(JSON.stringify({ data })), now);
const trace = { object: "trace", id: `trace_${TRACE}`, workflow_name: "Billing", group_id: "thread_1", metadata: { "gen_ai.agent.version": "7", "holdpoint.record.ticket": "T-1" } };
const span = (number: number, span_data: object, more: object = {}): object => ({
  object: "trace.span", id: id(number), trace_id: `trace_${TRACE}`, parent_id: null, started_at: "2026-11-21T00:05:52.097Z", ended_at: "2026-11-21T00:05:52.130Z", span_data, error: null, ...more,
});
const usage = { input_tokens: 400, output_tokens: 24, cached_input_tokens: 256, cache_write_input_tokens: 3 };
const turn = { type: "custom", name: "turn", data: { sdk_span_type: "turn", turn: 1, agent_name: "Billing agent", usage } };
const response = { type: "response", response_id: "resp_1" };
const tokens = { input: 400, output: 24, cacheRead: 256, cacheWrite: 3, reasoning: 0 };

describe("readOpenAiAgentsIngest", () => {
  it("knows conversation, version and record from the trace, which may stand anywhere in the body", () => {
    const { spans, traces, rejected } = ingest([span(1, { type: "agent", name: "Billing agent", tools: ["a"] }), trace]);
    expect(spans).toMatchObject([{
      traceId: TRACE, spanId: `${"a".repeat(23)}1`, parentSpanId: null, kind: "agent", dialect: "openai-agents", conversationId: "thread_1", versionLabel: "7", agentHints: ["Billing"],
      agentName: "Billing agent", records: [{ type: "ticket", id: "T-1" }], startUs: 1795219552097000, endUs: 1795219552130000, attributes: { tools: ["a"] },
    }]);
    expect(traces).toEqual([{ traceId: TRACE, name: "Billing", conversationId: "thread_1" }]);
    expect(rejected).toEqual([]);
  });
  it("keeps microseconds, which Python writes", () =>
    expect(ingest([span(1, turn, { started_at: "2026-11-21T00:05:52.097123+00:00" })]).spans[0]?.startUs).toBe(1795219552097123));

  it.each<[string, object[], (object | null)[]]>([
    ["of a turn with its response, on the response", [span(2, response, { parent_id: id(1) }), span(1, turn)], [tokens, null]],
    ["of a turn whose response came before, on the turn", [span(2, response), span(1, turn)], [null, tokens]],
    ["of a turn whose two responses are unclear, on the turn", [span(2, response, { parent_id: id(1) }), span(3, response, { parent_id: id(1) }), span(1, turn)], [null, null, tokens]],
    ["of a generation, never also of its turn", [span(2, { type: "generation", model: "m", usage }, { parent_id: id(1) }), span(1, turn)], [tokens, null]],
    ["of a generation in its output", [span(2, { type: "generation", output: [{ model: "m", usage: { prompt_tokens: 9, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 1 }, completion_tokens_details: { reasoning_tokens: 2 } } }] })],
      [{ input: 9, output: 8, cacheRead: 1, cacheWrite: 0, reasoning: 2 }]],
    ["of a response that has its own, never also of its turn", [span(2, { ...response, usage }, { parent_id: id(1) }), span(1, turn)], [tokens, null]],
    ["of a turn alone not, because a generation may have had them", [span(1, turn)], [null]],
    ["of a task never, which repeats the sum", [span(2, response), span(1, { type: "custom", name: "task", data: { sdk_span_type: "task", usage } })], [null, null]],
  ])("counts the tokens %s", (_, members, expected) => {
    const { spans } = ingest(members);
    expect(spans.map((found) => found.tokens)).toEqual(expected);
    expect(spans.filter((found) => found.tokens !== null && found.kind !== "inference")).toEqual([]);
  });

  it("reads tool calls, handoffs, guardrails and errors", () => {
    const { spans } = ingest([
      span(1, { type: "function", name: "issue_credit", input: '{"amount":900}', output: "done" }),
      span(2, { type: "handoff", from_agent: "Triage", to_agent: "Billing" }), span(3, { type: "guardrail", name: "pii", triggered: true }),
      span(4, { type: "function", name: "issue_credit" }, { error: { message: "Tool execution for issue_credit was manually rejected by user.", data: {} } }),
      span(5, { type: "function", name: "issue_credit" }, { error: { message: "Error running tool", data: { tool_name: "issue_credit", error: "Error: timeout" } } }),
      span(6, { type: "constructor" }),
    ]);
    expect(spans).toMatchObject([
      { kind: "tool", toolName: "issue_credit", toolCallId: null, input: { amount: 900 }, output: "done", status: "ok" }, { kind: "step", input: "Triage", output: "Billing" },
      { kind: "guardrail", attributes: { triggered: true } }, { kind: "tool", status: "rejected", errorType: null },
      { status: "error", errorMessage: "Error running tool: Error: timeout" }, { kind: "other" },
    ]);
  });

  it.each<[string, object]>([
    ["a foreign trace id", { trace_id: "abc" }], ["a short span id", { id: "span_12" }], ["a bad parent", { parent_id: "span_12" }], ["no start", { started_at: null }],
    ["a time that is none", { started_at: "soon" }], ["a time in the far future", { started_at: "2036-01-01T00:00:00Z" }], ["an id of zeros", { id: `span_${"0".repeat(24)}` }],
  ])("sends back a span with %s, and only it", (_, fault) => {
    const { spans, rejected } = ingest([span(1, turn), span(2, turn, fault)]);
    expect(spans).toHaveLength(1);
    expect(rejected).toMatchObject([{ count: 1 }]);
  });
  it("replaces what PostgreSQL cannot store", () =>
    expect(ingest([span(1, { type: "function", name: "a\0b", input: { "k\ud800": "\0" } })]).spans[0]).toMatchObject({ toolName: "a\uFFFDb", input: { "k\uFFFD": "\uFFFD" } }));
  it("ends a span that has no end where it began", () => {
    const [found] = ingest([span(1, turn, { ended_at: null })]).spans;
    expect(found?.endUs).toBe(found?.startUs);
  });
  it.each<unknown>([undefined, null, {}, "x", [1], [["trace"]]])("refuses data that is %j", (data) => expect(() => ingest(data)).toThrow(MalformedTelemetry));
  it("never fails otherwise, whatever the types", () => {
    const any = fc.jsonValue();
    const item = fc.record({ object: fc.constantFrom("trace", "trace.span", "x"), id: fc.oneof(any, fc.constantFrom(id(1), `trace_${TRACE}`)), trace_id: fc.oneof(any, fc.constant(`trace_${TRACE}`)),
      span_data: fc.oneof(any, fc.record({ type: fc.constantFrom("function", "generation", "response", "custom"), data: any, input: any, output: any, usage: any })),
      started_at: fc.oneof(any, fc.constant("2026-11-21T00:05:52.097Z")), error: any, metadata: any, group_id: any }, { requiredKeys: ["object"] });
    fc.assert(fc.property(fc.array(item, { maxLength: 5 }), (data) => void expect(ingest(data).traces.length).toBeLessThanOrEqual(data.length)), { numRuns: 1_000 });
  });

  const sample = path.resolve("../shared/data/otlp/openai-agents-native-ingest-chat.json");
  it.skipIf(!fs.existsSync(sample))("reads a real body", () => {
    const { spans, rejected } = readOpenAiAgentsIngest(fs.readFileSync(sample), now);
    expect(rejected).toEqual([]);
    expect(spans).toHaveLength(10);
    expect(spans.reduce((sum, { tokens }) => sum + (tokens?.input ?? 0), 0)).toBe(1560);
    expect(spans.reduce((sum, { tokens }) => sum + (tokens?.output ?? 0), 0)).toBe(72);
    expect(new Set(spans.map(({ conversationId }) => conversationId))).toEqual(new Set(["thread_5512"]));
    expect(spans[0]).toMatchObject({ kind: "inference", model: "gpt-5.5-2026-09-30", systemInstructions: "You handle invoices.", tokens: { reasoning: 5 } });
    expect(spans.map(({ kind }) => kind)).toEqual(["inference", "tool", "step", "inference", "tool", "step", "inference", "step", "agent", "workflow"]);
  });
});
