import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { decodeLogs } from "./decode-export.ts";
import { eventsOf, type AgentEvent } from "./normalise-log.ts";
import { emptyLogRecord, type RawLogRecord } from "./resource-spans.ts";

const now = new Date("2026-11-22T00:00:00Z");
const US = now.getTime() * 1_000;
const events = (record: Partial<RawLogRecord>, resource = {}): AgentEvent[] => eventsOf([{ resource, scope: "", records: [{ ...emptyLogRecord(), ...record }] }], now);

describe("eventsOf", () => {
  it.each<[string, Partial<RawLogRecord>, string]>([
    ["eventName", { eventName: "gen_ai.choice" }, "gen_ai.choice"], ["the attribute", { attributes: { "event.name": "gen_ai.user.message" } }, "gen_ai.user.message"],
    ["Claude Code's body", { body: "claude_code.tool_decision", attributes: { "event.name": "tool_decision" } }, "claude_code.tool_decision"],
  ])("finds the name in %s", (_, record, name) => expect(events(record)).toMatchObject([{ name }]));

  it.each<[string, Partial<RawLogRecord>]>([
    ["plain text", { body: "gen_ai. is nice" }], ["other events", { eventName: "http.request" }], ["a mere prefix", { eventName: "gen_ai." }], ["nothing", {}],
    ["text that only begins like one", { body: "claude_code.x\nsecret" }],
  ])("leaves alone %s", (_, record) => expect(events(record)).toEqual([]));

  it.each<[string, Partial<RawLogRecord>, string | null, string | null]>([
    ["system message", { eventName: "gen_ai.system.message", body: { content: "Be kind." } }, "system", "Be kind."],
    ["system message as JSON", { eventName: "gen_ai.system.message", body: '{"content":"Be kind.","role":"developer"}' }, "developer", "Be kind."],
    ["system message as text", { eventName: "gen_ai.system.message", body: "Be kind." }, "system", "Be kind."],
    ["user message", { eventName: "gen_ai.user.message", body: { content: "hi" } }, "user", null],
    ["choice", { eventName: "gen_ai.choice", body: { message: { role: "assistant", content: "hi" } } }, "assistant", null],
    ["details", { eventName: "gen_ai.client.inference.operation.details", attributes: { "gen_ai.system_instructions": '[{"type":"text","content":"Be kind."}]' } }, null, "Be kind."],
    ["details in the messages", { eventName: "gen_ai.client.inference.operation.details", body: { "gen_ai.input.messages": [{ role: "system", content: "Be kind." }] } }, null, "Be kind."],
  ])("reads role and instructions: %s", (_, record, role, systemInstructions) => expect(events(record)).toMatchObject([{ role, systemInstructions }]));

  it("says who, when and in which conversation", () => {
    const record = { eventName: "claude_code.api_request", traceId: "0".repeat(32), spanId: "b7ad6b7169203331", atUs: 0, observedUs: US - 7, body: "claude_code.api_request",
      attributes: { "session.id": "s1", "gen_ai.agent.id": "own", cost_usd: 0.1, "user.email": "a@example.com", "host.id": "h" } };
    expect(events(record, { "service.name": "svc", "service.version": "2", "gen_ai.agent.version": "unknown" })).toEqual([{
      traceId: null, spanId: "b7ad6b7169203331", agentHints: ["own", "svc"], versionLabel: "2", conversationId: "s1", name: "claude_code.api_request", atUs: US - 7,
      systemInstructions: null, role: null, body: null, attributes: { cost_usd: 0.1 },
    }]);
  });
  it("stands in for an absurd time", () => expect(events({ eventName: "gen_ai.choice", atUs: 5, observedUs: US * 2 })[0]?.atUs).toBe(US));

  const sample = path.resolve("../shared/data/otlp/otel-instrumentation-openai-json.logs.1.json");
  it.skipIf(!fs.existsSync(sample))("reads the prompts that an old instrumentation sends nowhere else", () => {
    const found = eventsOf(decodeLogs(fs.readFileSync(sample), "json"), now);
    expect(found).toHaveLength(15);
    expect(found.filter((event) => event.systemInstructions === "You handle invoices.")).toHaveLength(3);
    expect(new Set(found.map((event) => event.role))).toEqual(new Set(["system", "user", "assistant", "tool"]));
    expect(new Set(found.map((event) => event.spanId)).size).toBe(3);
    expect(found.at(-1)).toMatchObject({ name: "gen_ai.choice", body: { finish_reason: "stop", message: { content: "Credit note CN-77 was issued for INV-9." } } });
  });
});
