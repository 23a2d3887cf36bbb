import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import type { AgentSpan } from "../domain/agent-span.ts";
import { decodeTraces } from "./decode-export.ts";
import { emptySpan, type RawSpan } from "./resource-spans.ts";
import { spansOf } from "./spans-of.ts";

const now = new Date("2026-11-22T00:00:00Z");
const US = now.getTime() * 1_000;
const DAY_US = 86_400_000_000;
const good: RawSpan = { ...emptySpan(), traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", startUs: US - 5, endUs: US };
const take = (...raws: Partial<RawSpan>[]): ReturnType<typeof spansOf> => spansOf([{ resource: {}, scope: "", spans: raws.map((raw) => ({ ...good, ...raw })) }], now);

describe("spansOf", () => {
  it.each<[string, Partial<RawSpan>, RegExp]>([
    ["no trace id", { traceId: "" }, /trace id/], ["a trace id of zeros", { traceId: "0".repeat(32) }, /trace id/], ["a short trace id", { traceId: "ab" }, /trace id/],
    ["a trace id that is no hex", { traceId: "z".repeat(32) }, /trace id/], ["a span id of zeros", { spanId: "0".repeat(16) }, /span id/], ["a long span id", { spanId: "a".repeat(18) }, /span id/],
    ["a short parent", { parentSpanId: "ab" }, /parent/], ["no start", { startUs: 0 }, /missing/], ["a start in two days", { startUs: US + 2 * DAY_US, endUs: US + 2 * DAY_US }, /future/],
    ["a start six years ago", { startUs: US - 6 * 365 * DAY_US }, /too old/], ["an end in two days", { endUs: US + 2 * DAY_US }, /end time/],
  ])("sends back a span with %s, and only it", (_, fault, reason) => {
    const { spans, rejected } = take({}, fault, fault);
    expect(spans).toHaveLength(1);
    expect(rejected).toEqual([{ count: 2, reason: expect.stringMatching(reason) as string }]);
  });
  it("takes clocks that are a little wrong, and parents of zeros", () => {
    const { spans, rejected } = take({ startUs: US + DAY_US / 2, endUs: US }, { startUs: US - 4 * 365 * DAY_US }, { parentSpanId: "0".repeat(16) }, { endUs: 0 });
    expect(rejected).toEqual([]);
    expect(spans[0]).toMatchObject({ startUs: US + DAY_US / 2, endUs: US + DAY_US / 2 });
    expect(spans[2]?.parentSpanId).toBeNull();
    expect(spans[3]?.endUs).toBe(good.startUs);
  });
});

const SAMPLES = path.resolve("../shared/data/otlp");

describe.skipIf(!fs.existsSync(SAMPLES))("real traces", () => {
  function read(name: string): AgentSpan[] {
    const stored = fs.readFileSync(path.join(SAMPLES, name));
    const { spans, rejected } = spansOf(decodeTraces(name.endsWith(".gz") ? zlib.gunzipSync(stored) : stored, name.includes(".json") ? "json" : "protobuf"), now);
    expect(rejected).toEqual([]);
    return spans;
  }
  const total = (spans: AgentSpan[]): [number, number] => [sum(spans, "input"), sum(spans, "output")];
  const sum = (spans: AgentSpan[], side: "input" | "output"): number => spans.reduce((tokens, span) => tokens + (span.tokens?.[side] ?? 0), 0);

  /** The two bodies of a pair come from two runs: ids, times and durations differ, and everything else must not. */
  function comparable(spans: AgentSpan[]): string {
    const seen = new Map<string, string>();
    const rename = (id: string): string => seen.get(id) ?? (seen.set(id, `#${seen.size}`), `#${seen.size - 1}`);
    const timeless = spans.map((span) => ({ ...span, startUs: 0, endUs: 0 }));
    return JSON.stringify(timeless, (key, value: unknown) => (/\.duration$|\.timestamp$|_time_to_|^(created|checkpoint_ns|pid)$/.test(key) ? 0 : value))
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b[0-9a-f]{16}\b|aitxt-\w+/g, rename)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time");
  }

  it.each([
    ["aisdk7-genai-approval-json.traces.1.json", "aisdk7-genai-approval-proto.traces.1.bin"], ["aisdk7-genai-denied-json.traces.1.json", "aisdk7-genai-denied-proto.traces.1.bin"],
    ["aisdk7-genai-ok-json.traces.1.json", "aisdk7-genai-ok-proto.traces.1.bin"], ["aisdk7-genai-ok-jsongzip.traces.1.json.gz", "aisdk7-genai-ok-protogzip.traces.1.bin.gz"],
    ["aisdk7-legacy-ok-json.traces.1.json", "aisdk7-legacy-ok-proto.traces.1.bin"], ["langgraph-openinference-json.traces.1.json", "langgraph-openinference-proto.traces.1.bin"],
    ["openai-agents-openinference-ok-json.traces.1.json", "openai-agents-openinference-ok-proto.traces.1.bin"],
  ])("%s says what %s says", (json, protobuf) => expect(comparable(read(json))).toBe(comparable(read(protobuf))));

  it.each<[string, number, number]>([
    ["aisdk7-genai-ok-json.traces.1.json", 3135, 216], ["aisdk7-genai-denied-proto.traces.1.bin", 3135, 216], ["aisdk7-genai-approval-json.traces.1.json", 1845, 185],
    ["aisdk7-legacy-ok-proto.traces.1.bin", 3135, 216], ["langgraph-openinference-proto.traces.1.bin", 900, 12], ["otel-instrumentation-openai-json.traces.1.json", 1560, 72],
    ["envonly.traces.1.bin", 1, 1],
  ])("%s used %i and %i tokens, each counted once", (name, input, output) => expect(total(read(name))).toEqual([input, output]));

  it("of the AI SDK have agent, version, conversation, model, instructions and tools", () => {
    const [chat] = read("aisdk7-genai-ok-proto.traces.1.bin");
    expect(chat).toMatchObject({
      kind: "inference", dialect: "otel-genai", agentHints: ["agt_order_support", "order-support-agent"], versionLabel: "14", conversationId: "conv_7Q2mJ", provider: "anthropic", model: "claude-sonnet-5-5",
      systemInstructions: "You are an order support agent. Refund only when the policy allows it.", tokens: { input: 812, output: 64, cacheRead: 512, cacheWrite: 0, reasoning: 20 },
    });
    expect(chat?.toolDefinitions?.map(({ name, description }) => [name, description])).toEqual([["lookup_order", "Look up an order"], ["refund_payment", expect.any(String)], ["send_email", expect.any(String)]]);
    expect(chat?.toolDefinitions?.[0]?.inputSchema).toMatchObject({ type: "object", required: ["order_id"] });
  });
  it("of the AI SDK give the same instructions, tools and calls under old and new names", () => {
    const facts = (spans: AgentSpan[]): unknown => ({
      instructions: new Set(spans.map((span) => span.systemInstructions).filter((text) => text !== null)),
      tools: spans.filter((span) => span.kind === "inference").map((span) => span.toolDefinitions),
      calls: spans.filter((span) => span.kind === "tool").map((span) => [span.toolName, span.toolCallId, span.input, span.output]),
      models: spans.filter((span) => span.kind === "inference").map((span) => [span.model, span.tokens]),
    });
    expect(facts(read("aisdk7-legacy-ok-json.traces.1.json"))).toEqual(facts(read("aisdk7-genai-ok-json.traces.1.json")));
  });
  it("come with children before parents, chat and tool side by side under a step", () => {
    const spans = read("aisdk7-genai-ok-json.traces.1.json");
    expect(spans.at(-1)).toMatchObject({ kind: "agent", parentSpanId: null, agentName: "order-support" });
    const step = spans.find((span) => span.kind === "step");
    expect(spans.filter((span) => span.parentSpanId === step?.spanId).map((span) => span.kind)).toEqual(["inference", "tool"]);
  });
  it("of LangGraph show an interrupt as waiting, and one conversation over two traces", () => {
    const spans = read("langgraph-openinference-proto.traces.1.bin");
    expect(spans.filter((span) => span.status !== "ok").map((span) => [span.name, span.status, span.errorType])).toEqual([["tools", "interrupted", null]]);
    expect(spans.filter((span) => span.parentSpanId === null).map((span) => [span.kind, span.agentName])).toEqual([["workflow", "runbook"], ["workflow", "runbook"]]);
    expect(new Set(spans.map((span) => span.conversationId))).toEqual(new Set(["thread_77"]));
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(2);
    expect(spans.filter((span) => span.kind === "tool").map((span) => [span.toolName, span.toolCallId, span.input, span.output])).toEqual([
      ["get_pod_status", "call_l1", { ns: "prod", pod: "api-7" }, { ns: "prod", pod: "api-7", status: "CrashLoopBackOff" }],
      ["restart_deployment", "call_l2", { ns: "prod", name: "api" }, "rolled prod/api"],
    ]);
  });
  it("of OpenAI Agents through OpenInference have no conversation, and a handoff is no tool", () => {
    const spans = read("openai-agents-openinference-ok-proto.traces.1.bin");
    expect(new Set(spans.map((span) => span.conversationId))).toEqual(new Set([null]));
    expect(spans.filter((span) => span.kind === "tool").map((span) => [span.toolName, span.toolCallId])).toEqual([["lookup_invoice", null], ["issue_credit", null]]);
  });
  it("of OpenLLMetry come one by one and add up", () => {
    const spans = [1, 2, 3, 4, 5, 6, 7].flatMap((part) => read(`traceloop-openllmetry-proto.traces.${part}.bin`));
    expect(total(spans)).toEqual([1560, 72]);
    expect(spans.map((span) => span.kind)).toEqual(["inference", "tool", "inference", "tool", "inference", "agent", "workflow"]);
    expect(new Set(spans.map((span) => span.conversationId))).toEqual(new Set(["thread_5512"]));
    expect(spans[1]).toMatchObject({ dialect: "openllmetry", toolName: "lookup_invoice", toolCallId: null, agentName: "billing_agent", input: { invoice_id: "INV-9" }, output: { invoice_id: "INV-9", amount: 4200 } });
    expect(spans[0]).toMatchObject({ systemInstructions: "You handle invoices.", toolDefinitions: [{ name: "lookup_invoice", description: "Look up an invoice" }, { name: "issue_credit" }] });
  });
  it("of OpenTelemetry's own instrumentation carry structured values", () => {
    const call = read("otel-instrumentation-openai-json.traces.1.json").find((span) => span.toolName === "issue_credit");
    expect(call).toMatchObject({ toolCallId: "call_c1", input: { invoice_id: "INV-9", amount: 900 }, output: { credit: "CN-77", amount: 900 } });
  });
  it("configured by the environment alone say who they are", () =>
    expect(read("envonly.traces.1.bin")[0]).toMatchObject({ agentHints: ["agt_greeter", "greeter"], versionLabel: expect.any(String) as string, model: "gpt-5.5" }));
  it("never carry the host, its user or its command line", () => {
    for (const name of fs.readdirSync(SAMPLES).filter((file) => file.includes(".traces.") && /\.(json|bin)$/.test(file))) {
      const attributes = read(name).flatMap((span) => Object.entries(span.attributes));
      expect(attributes.filter(([key, value]) => /^(?:process|host|os)\./.test(key) || JSON.stringify(value).includes("bin/node"))).toEqual([]);
    }
  });
});
