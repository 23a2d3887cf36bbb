import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentSpan, SpanKind } from "../domain/agent-span.ts";
import { normaliseSpan } from "./normalise-span.ts";
import { readResource } from "./resource-facts.ts";
import { emptySpan, type RawSpan } from "./resource-spans.ts";
import type { Attributes } from "./set-own.ts";

function span(attributes: Attributes, more: Partial<RawSpan> = {}, resource: Attributes = {}, scope = ""): AgentSpan {
  return normaliseSpan({ ...emptySpan(), ...more, attributes }, readResource(resource), scope);
}
const chat = { "gen_ai.operation.name": "chat" };
const tool = { "gen_ai.operation.name": "execute_tool" };
const llm = { "openinference.span.kind": "LLM" };
const CHILD = { parentSpanId: "00f067aa0ba902b7" };

describe("kind and dialect", () => {
  it.each<[Attributes, SpanKind, string]>([
    [chat, "inference", "otel-genai"], [{ "gen_ai.operation.name": "text_completion" }, "inference", "otel-genai"],
    [{ "gen_ai.operation.name": "generate_content" }, "inference", "otel-genai"], [{ "gen_ai.operation.name": "embeddings" }, "embedding", "otel-genai"],
    [{ "gen_ai.operation.name": "retrieval" }, "retrieval", "otel-genai"], [tool, "tool", "otel-genai"],
    [{ "gen_ai.operation.name": "invoke_agent" }, "agent", "otel-genai"], [{ "gen_ai.operation.name": "create_agent" }, "agent", "otel-genai"],
    [{ "gen_ai.operation.name": "invoke_workflow" }, "workflow", "otel-genai"], [{ "gen_ai.operation.name": "agent_step" }, "step", "otel-genai"],
    [{ "gen_ai.operation.name": "plan" }, "step", "otel-genai"], [{ "gen_ai.operation.name": "apply_guardrail" }, "guardrail", "otel-genai"],
    [{ "gen_ai.operation.name": "search_memory" }, "memory", "otel-genai"], [{ "gen_ai.operation.name": "delete_memory_store" }, "memory", "otel-genai"],
    [{ "gen_ai.operation.name": "fetch_response" }, "other", "otel-genai"], [{ "gen_ai.operation.name": "constructor" }, "other", "otel-genai"],
    [{ ...tool, "mcp.method.name": "tools/call" }, "transport", "otel-genai"], [{ "mcp.method.name": "tools/list" }, "transport", "otel-genai"],
    [{ "ai.operationId": "ai.toolCall" }, "tool", "ai-sdk-legacy"], [{ "ai.operationId": "ai.streamText.doStream" }, "inference", "ai-sdk-legacy"],
    [{ "ai.operationId": "ai.embedMany.doEmbed" }, "embedding", "ai-sdk-legacy"], [{ "ai.operationId": "ai.generateText" }, "agent", "ai-sdk-legacy"],
    [llm, "inference", "openinference"], [{ "openinference.span.kind": "RERANKER" }, "retrieval", "openinference"],
    [{ "openinference.span.kind": "EVALUATOR" }, "other", "openinference"], [{ "openinference.span.kind": "CHAIN" }, "workflow", "openinference"],
    [{ "traceloop.span.kind": "task" }, "step", "openllmetry"], [{ "llm.request.type": "chat" }, "inference", "openllmetry"],
    [{ ...chat, "traceloop.workflow.name": "w" }, "inference", "openllmetry"], [{ "mastra.span.type": "agent_run" }, "agent", "mastra"],
    [{ "mastra.span.type": "tool_call" }, "tool", "mastra"], [{ "http.request.method": "GET" }, "other", "opentelemetry"],
  ])("%j is %s in %s", (attributes, kind, dialect) => expect(span(attributes)).toMatchObject({ kind, dialect }));

  it("calls a chain a step unless it is the root", () => expect(span({ "openinference.span.kind": "CHAIN" }, CHILD).kind).toBe("step"));
  it("does not take the handing over to another agent for a tool", () =>
    expect(span({ "openinference.span.kind": "TOOL", "tool.name": "handoff_to_Billing" }, { name: "handoff to Billing" })).toMatchObject({ kind: "step", toolName: null }));
  it("knows a model call from before operations had names", () => {
    const attributes = { "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4", "gen_ai.usage.prompt_tokens": 3, "gen_ai.usage.completion_tokens": 4 };
    expect(span(attributes, { kind: 3 })).toMatchObject({ kind: "inference", provider: "openai", model: "gpt-4", tokens: { input: 3, output: 4 } });
    expect(span(attributes, { kind: 1 }).tokens).toBeNull();
  });
});

describe("tokens", () => {
  const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
  it.each<[string, Attributes, object | null]>([
    ["new names", { ...chat, "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cache_read.input_tokens": 4, "gen_ai.usage.cache_write.input_tokens": 2, "gen_ai.usage.reasoning.output_tokens": 1 },
      { input: 10, output: 5, cacheRead: 4, cacheWrite: 2, reasoning: 1 }],
    ["new before old", { ...chat, "gen_ai.usage.prompt_tokens": 99, "gen_ai.usage.input_tokens": 10 }, { ...none, input: 10 }],
    ["cache creation", { ...chat, "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_creation.input_tokens": 3 }, { ...none, input: 10, cacheWrite: 3 }],
    ["AI SDK", { "ai.operationId": "x.doGenerate", "ai.usage.promptTokens": 7, "ai.usage.completionTokens": 2, "ai.usage.cachedInputTokens": 5 }, { ...none, input: 7, output: 2, cacheRead: 5 }],
    ["AI SDK's reasoning on new spans", { ...chat, "gen_ai.usage.output_tokens": 64, "ai.usage.outputTokenDetails.reasoningTokens": 20 }, { ...none, output: 64, reasoning: 20 }],
    ["OpenInference", { ...llm, "llm.token_count.prompt": 900, "llm.token_count.completion": 12, "llm.token_count.prompt_details.cache_read": 1, "llm.token_count.completion_details.reasoning": 2 },
      { input: 900, output: 12, cacheRead: 1, cacheWrite: 0, reasoning: 2 }],
    ["Mastra's cache", { "mastra.span.type": "llm_generation", "gen_ai.usage.input_tokens": 9, "gen_ai.usage.cached_input_tokens": 4 }, { ...none, input: 9, cacheRead: 4 }],
    ["numbers as text", { ...chat, "gen_ai.usage.input_tokens": "12" }, { ...none, input: 12 }],
    ["a total without its cached part", { ...chat, "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 100, "gen_ai.usage.cache_creation.input_tokens": 5 }, { ...none, input: 115, cacheRead: 100, cacheWrite: 5 }],
    ["nothing believable", { ...chat, "gen_ai.usage.input_tokens": -1, "gen_ai.usage.output_tokens": 1.5 }, null],
    ["none", chat, null],
    ["an agent", { "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 10 }, null],
    ["a fetched response", { "gen_ai.operation.name": "fetch_response", "gen_ai.usage.input_tokens": 10 }, null],
    ["a step", { "gen_ai.operation.name": "agent_step", "gen_ai.usage.input_tokens": 10 }, null],
  ])("are read: %s", (_, attributes, tokens) => expect(span(attributes).tokens).toEqual(tokens));
});

describe("reported cost", () => {
  const used = { ...chat, "gen_ai.usage.input_tokens": 1 };
  it.each<[Attributes, number | null]>([
    [{ ...used, "gen_ai.usage.cost": 0.1 }, 100_000_000], [{ ...used, "llm.cost.total": "0.000123" }, 123_000], [{ ...used, "holdpoint.cost_usd": "2.5" }, 2_500_000_000],
    [{ ...used, "gen_ai.usage.cost": 0 }, null], [{ ...chat, "gen_ai.usage.cost": 0 }, 0], [{ ...used, "gen_ai.usage.cost": -1 }, null],
    [{ ...used, "gen_ai.usage.cost": "NaN" }, null], [used, null],
    [{ "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.cost": 0.1 }, null], [{ ...tool, "holdpoint.cost_usd": 0.02 }, 20_000_000],
  ])("of %j is %j", (attributes, nano) => expect(span(attributes).reportedCostNanoUsd).toBe(nano));
});

describe("who", () => {
  const resource = { "gen_ai.main_agent.id": "main", "gen_ai.agent.id": "res", "service.name": "svc", "gen_ai.agent.version": "3", "service.version": "2026.1" };
  it("is hinted at from the most specific on", () => {
    expect(span({ ...chat, "gen_ai.agent.id": "own" }, {}, resource).agentHints).toEqual(["own", "main", "res", "svc"]);
    expect(span({ ...chat, "gen_ai.agent.id": "res" }, {}, resource).agentHints).toEqual(["res", "main", "svc"]);
    expect(span(chat, {}, { "service.name": "unknown_service:node" }).agentHints).toEqual([]);
  });
  it.each<[Attributes, Attributes, string | null]>([
    [{ "gen_ai.agent.version": "14" }, resource, "14"], [{ "gen_ai.agent.version": 14 }, {}, "14"], [{}, resource, "3"], [{}, { "service.version": "2026.1" }, "2026.1"],
    [{ "gen_ai.agent.version": "unknown" }, resource, "3"], [{}, { "service.version": "unknown" }, null], [{}, { "service.version": " " }, null], [{}, {}, null],
  ])("version: %j on %j is %j", (attributes, on, label) => expect(span({ ...chat, ...attributes }, {}, on).versionLabel).toBe(label));
  it.each<[string, Attributes]>([
    ["OpenTelemetry", { ...chat, "gen_ai.conversation.id": "c", "session.id": "s" }], ["AI SDK", { "ai.operationId": "ai.x", "ai.telemetry.metadata.sessionId": "c" }],
    ["OpenInference", { ...llm, "session.id": "c" }], ["LangChain", { ...llm, metadata: '{"thread_id":"c"}' }],
    ["OpenLLMetry", { "traceloop.span.kind": "tool", "traceloop.association.properties.thread_id": "c" }],
  ])("conversation in %s", (_, attributes) => expect(span(attributes).conversationId).toBe("c"));
  it.each<[Attributes, string | null]>([
    [{ ...chat, "gen_ai.agent.name": "n" }, "n"], [{ "ai.operationId": "ai.x", "ai.telemetry.functionId": "n" }, "n"], [{ ...llm, "graph.node.id": "n" }, "n"],
    [{ ...llm, metadata: '{"lc_agent_name":"n"}' }, "n"], [{ "traceloop.span.kind": "agent", "traceloop.entity.name": "n" }, "n"],
    [{ "traceloop.span.kind": "tool", "traceloop.entity.name": "t", "traceloop.workflow.name": "w" }, null], [{ "gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "n" }, "n"],
  ])("agent name in %j", (attributes, name) => expect(span(attributes).agentName).toBe(name));
});

describe("tool calls", () => {
  const call = { toolName: "refund", toolCallId: "c1", input: { amount: 5 }, output: { ok: true } };
  it.each<[string, Attributes, object]>([
    ["OpenTelemetry, text", { ...tool, "gen_ai.tool.name": "refund", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": '{"amount":5}', "gen_ai.tool.call.result": '{"ok":true}' }, call],
    ["OpenTelemetry, structured", { ...tool, "gen_ai.tool.name": "refund", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": { amount: 5 }, "gen_ai.tool.call.result": { ok: true } }, call],
    ["AI SDK", { "ai.operationId": "ai.toolCall", "ai.toolCall.name": "refund", "ai.toolCall.id": "c1", "ai.toolCall.args": '{"amount":5}', "ai.toolCall.result": '{"ok":true}' }, call],
    ["OpenInference", { "openinference.span.kind": "TOOL", "tool.name": "refund", "tool.id": "c1", "input.value": '{"amount":5}', "output.value": '{"ok":true}' }, call],
    ["LangChain", { "openinference.span.kind": "TOOL", "tool.name": "refund", "input.value": '{"amount":5}', "output.value": '{"output":{"lc":1,"kwargs":{"status":"success","content":"{\\"ok\\":true}","tool_call_id":"c1"}}}' }, call],
    ["OpenLLMetry", { "traceloop.span.kind": "tool", "traceloop.entity.name": "refund", "traceloop.entity.input": '{"args":[],"kwargs":{"amount":5}}', "traceloop.entity.output": '{"ok":true}' }, { ...call, toolCallId: null }],
    ["Mastra", { "mastra.span.type": "tool_call", "gen_ai.tool.name": "refund", "gen_ai.tool.call.id": "c1", "gen_ai.tool.input": '{"amount":5}', "gen_ai.tool.output": '{"ok":true}' }, call],
    ["MCP", { ...tool, "mcp.method.name": "tools/call", "gen_ai.tool.name": "refund", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": '{"amount":5}', "gen_ai.tool.call.result": '{"ok":true}' }, { ...call, kind: "transport" }],
    ["plain text", { ...tool, "gen_ai.tool.call.arguments": "[not json", "gen_ai.tool.call.result": '"done"' }, { input: "[not json", output: "done" }],
  ])("in %s", (_, attributes, expected) => expect(span(attributes)).toMatchObject({ ...expected, attributes: {} }));

  it("positional parameters of OpenLLMetry stay", () =>
    expect(span({ "traceloop.span.kind": "tool", "traceloop.entity.input": '{"args":["a"],"kwargs":{}}' }).input).toEqual(["a"]));
  it("that LangChain reports as failed are errors", () =>
    expect(span({ "openinference.span.kind": "TOOL", "output.value": '{"kwargs":{"status":"error","content":"no","tool_call_id":"c"}}' }, { statusCode: 1 })).toMatchObject({ status: "error", output: "no" }));
});

describe("messages, instructions and tools", () => {
  const system = "Refund only when allowed.";
  const user = { role: "user", parts: [{ type: "text", content: "hi" }] };
  it.each<[string, Attributes, Partial<RawSpan>?]>([
    ["instructions as text", { ...chat, "gen_ai.system_instructions": system }],
    ["instructions as JSON parts", { ...chat, "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: system }]) }],
    ["instructions as structured parts", { ...chat, "gen_ai.system_instructions": [{ type: "text", content: system }] }],
    ["first system message", { ...chat, "gen_ai.input.messages": JSON.stringify([{ role: "system", parts: [{ type: "text", content: system }] }, user]) }],
    ["structured messages", { ...chat, "gen_ai.input.messages": [user, { role: "developer", content: system }] }],
    ["old prompt", { ...chat, "gen_ai.prompt": JSON.stringify([{ role: "system", content: system }]) }],
    ["old flattened prompt", { ...chat, "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": system, "gen_ai.prompt.1.role": "user" }],
    ["AI SDK messages", { "ai.operationId": "x.doStream", "ai.prompt.messages": JSON.stringify([{ role: "system", content: system }]) }],
    ["AI SDK prompt", { "ai.operationId": "ai.generateText", "ai.prompt": JSON.stringify({ system, messages: [] }) }],
    ["OpenInference", { ...llm, "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": system }],
    ["OpenInference parts", { ...llm, "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.contents.0.message_content.text": system }],
    ["span event", chat, { events: [{ name: "gen_ai.system.message", atUs: 1, attributes: { content: system } }] }],
    ["details event", chat, { events: [{ name: "gen_ai.client.inference.operation.details", atUs: 1, attributes: { "gen_ai.input.messages": [{ role: "system", content: system }] } }] }],
  ])("system instructions: %s", (_, attributes, more) => expect(span(attributes, more).systemInstructions).toBe(system));

  it.each<[string, Attributes]>([
    ["JSON that was cut off", { ...chat, "gen_ai.system_instructions": '[{"type":"text","content":"Refu' }], ["nothing", chat], ["an empty list", { ...chat, "gen_ai.system_instructions": "[]" }],
    ["only a user", { ...chat, "gen_ai.input.messages": [user] }],
  ])("no system instructions: %s", (_, attributes) => expect(span(attributes).systemInstructions).toBeNull());

  const schema = { type: "object", properties: { id: { type: "string" } } };
  const observed = [{ name: "find", description: "Finds", inputSchema: schema }];
  const openAiStyle = { type: "function", function: { name: "find", description: "Finds", parameters: schema } };
  it.each<[string, Attributes]>([
    ["inputSchema", { ...chat, "gen_ai.tool.definitions": JSON.stringify([{ type: "function", name: "find", description: "Finds", inputSchema: schema }]) }],
    ["parameters", { ...chat, "gen_ai.tool.definitions": [{ name: "find", description: "Finds", parameters: schema }] }],
    ["OpenAI's nesting", { ...chat, "gen_ai.tool.definitions": JSON.stringify([openAiStyle]) }],
    ["Bedrock's nesting", { ...chat, "gen_ai.tool.definitions": [{ toolSpec: { name: "find", description: "Finds", inputSchema: { json: schema } } }] }],
    ["a list of JSON texts", { ...chat, "gen_ai.tool.definitions": [JSON.stringify(openAiStyle)] }],
    ["AI SDK", { "ai.operationId": "x.doGenerate", "ai.prompt.tools": [JSON.stringify({ type: "function", name: "find", description: "Finds", inputSchema: schema })] }],
    ["OpenInference", { ...llm, "llm.tools.0.tool.json_schema": JSON.stringify(openAiStyle) }],
    ["OpenInference, Anthropic", { ...llm, "llm.tools.0.tool.json_schema": JSON.stringify({ name: "find", description: "Finds", input_schema: schema }) }],
    ["old OpenLLMetry", { "llm.request.type": "chat", "llm.request.functions.0.name": "find", "llm.request.functions.0.description": "Finds", "llm.request.functions.0.parameters": JSON.stringify(schema) }],
  ])("tools: %s", (_, attributes) => expect(span(attributes)).toMatchObject({ toolDefinitions: observed, attributes: {} }));

  it("takes no half list of tools", () => {
    const cut = JSON.stringify([openAiStyle, openAiStyle]).slice(0, -20);
    expect(span({ ...chat, "gen_ai.tool.definitions": cut })).toMatchObject({ toolDefinitions: null, attributes: { "gen_ai.tool.definitions": cut } });
    expect(span({ ...chat, "gen_ai.tool.definitions": [openAiStyle, 5] }).toolDefinitions).toBeNull();
    expect(span({ ...chat, "gen_ai.tool.definitions": "[]" }).toolDefinitions).toEqual([]);
  });
  it("names a provider's own tool by its type", () =>
    expect(span({ ...chat, "gen_ai.tool.definitions": [{ type: "web_search" }] }).toolDefinitions).toEqual([{ name: "web_search", description: null, inputSchema: null }]));
  it("puts flattened messages together, whatever the numbers", () => {
    const flat = { "llm.output_messages.999999999.message.role": "user", "llm.output_messages.2.message.role": "assistant", "llm.output_messages.2.message.tool_calls.0.tool_call.id": "c1",
      "llm.output_messages.2.message.tool_calls.0.tool_call.function.name": "find", "llm.output_messages.2.message.tool_calls.0.tool_call.function.arguments": '{"id":"x"}', "output.value": "the same again" };
    expect(span({ ...llm, ...flat })).toMatchObject({ output: [{ role: "assistant", tool_calls: [{ id: "c1", name: "find", arguments: { id: "x" } }] }, { role: "user" }], attributes: {} });
  });
  it("tells an answer's text from its tool calls", () => {
    const step = { "ai.operationId": "x.doGenerate" };
    expect(span({ ...step, "ai.response.text": '{"a":1}' }).output).toBe('{"a":1}');
    expect(span({ ...step, "ai.response.text": "", "ai.response.toolCalls": '[{"toolName":"find"}]' }).output).toEqual({ toolCalls: [{ toolName: "find" }] });
  });
});

describe("how it ended", () => {
  const exception = (type: string, message = ""): RawSpan["events"] => [{ name: "exception", atUs: 1, attributes: { "exception.type": type, "exception.message": message } }];
  it.each<[string, Attributes, Partial<RawSpan>, Partial<AgentSpan>]>([
    ["unset", {}, {}, { status: "ok", errorType: null, errorMessage: null }],
    ["ok in spite of an exception", {}, { statusCode: 1, events: exception("E") }, { status: "ok", errorType: null }],
    ["error.type", { "error.type": "timeout" }, { statusCode: 2, statusMessage: "late", events: exception("E") }, { status: "error", errorType: "timeout", errorMessage: "late" }],
    ["exception.type", {}, { statusCode: 2, events: exception("ValueError", "bad") }, { status: "error", errorType: "ValueError", errorMessage: "bad" }],
    ["error.type without a status", { "error.type": "429" }, {}, { status: "error", errorType: "429" }],
    ["LangGraph interrupt in JavaScript", {}, { statusCode: 2, statusMessage: '[{"value":{}}]\n\nGraphInterrupt: [\n' }, { status: "interrupted", errorType: null }],
    ["LangGraph interrupt in Python", {}, { statusCode: 2, statusMessage: "GraphInterrupt((Interrupt(value='ok?'),))", events: exception("langgraph.errors.GraphInterrupt") }, { status: "interrupted", errorType: null }],
    ["an error that only mentions one", {}, { statusCode: 2, statusMessage: "no GraphInterrupt here" }, { status: "error" }],
    ["OpenAI Agents rejection", {}, { statusCode: 2, statusMessage: "Tool execution for issue_credit was manually rejected by user." }, { status: "rejected", errorType: null }],
    ["the gate's no, thrown by the guard", {}, { statusCode: 2, statusMessage: "At shadow, a write is not permitted.", events: exception("GateDenied", "At shadow, a write is not permitted.") }, { status: "refused", errorType: null, errorMessage: "At shadow, a write is not permitted." }],
    ["the gate's hold, thrown by the guard", { "error.type": "GateHeld" }, { statusCode: 2 }, { status: "refused", errorType: null }],
    ["an error of another name", {}, { statusCode: 2, events: exception("NotGateDenied") }, { status: "error", errorType: "NotGateDenied" }],
  ])("%s", (_, attributes, more, expected) => expect(span({ ...tool, ...attributes }, more)).toMatchObject(expected));
});

describe("our own words", () => {
  const own = {
    "holdpoint.version.fingerprint": "sha256:ab", "holdpoint.stage": "shadow", "holdpoint.outcome": "success", "holdpoint.escalated": true, "holdpoint.human_intervened": "true",
    "holdpoint.record.ticket": "T-1", "holdpoint.record.order": [1, "2"], "holdpoint.segment.tier": "gold", "holdpoint.segment.__proto__": "x",
  };
  const expected = { fingerprint: "sha256:ab", stage: "shadow", outcome: "success", escalated: true, humanIntervened: true,
    records: [{ type: "ticket", id: "T-1" }, { type: "order", id: "1" }, { type: "order", id: "2" }] };
  it("count on the span and on the resource, and are no attributes any more", () => {
    const onSpan = span({ ...chat, ...own });
    expect(onSpan).toMatchObject({ ...expected, attributes: {} });
    expect(Object.entries(onSpan.segments)).toEqual([["tier", "gold"], ["__proto__", "x"]]);
    expect(span(chat, {}, own)).toMatchObject(expected);
  });
  it("of the span come first", () => {
    const merged = span({ ...chat, "holdpoint.outcome": "failure", "holdpoint.escalated": false, "holdpoint.segment.tier": "free", "holdpoint.record.ticket": "T-1" }, {}, own);
    expect(merged).toMatchObject({ outcome: "failure", escalated: false, humanIntervened: true, segments: { tier: "free" } });
    expect(merged.records).toHaveLength(3);
  });
  it("are ignored where they make no sense", () =>
    expect(span({ ...chat, "holdpoint.outcome": "great", "holdpoint.escalated": "maybe", "holdpoint.record.ticket": "" })).toMatchObject({ outcome: null, escalated: false, records: [] }));
});

describe("what is kept", () => {
  it("leaves out the host, its user and headers", () => {
    const attributes = { ...chat, "process.command_args": ["secret"], "process.pid": 1, "host.id": "h", "os.description": "o", "ai.request.headers.authorization": "Bearer x", "user.email": "a@b", "server.port": 80 };
    expect(span(attributes).attributes).toEqual({ "server.port": 80 });
  });
  it("cuts long text and says so", () => {
    const long = "x".repeat(70_000);
    const found = span({ ...tool, "gen_ai.tool.call.arguments": JSON.stringify({ a: [long], b: 1 }), note: `${"x".repeat(65_535)}🎉` });
    expect(found.input).toEqual({ a: [`${"x".repeat(65_536)}… [cut: the first 65536 of 70000 characters were kept]`], b: 1 });
    expect((found.attributes["note"] as string).isWellFormed()).toBe(true);
  });
  it("never cuts what a fingerprint is made of", () => expect(span({ ...chat, "gen_ai.system_instructions": "x".repeat(70_000) }).systemInstructions).toHaveLength(70_000));
  it("cuts in time that grows with the size and not with the depth", () => {
    let value: unknown = "x".repeat(70_000);
    for (let level = 0; level < 32; level++) value = [value];
    expect(JSON.stringify(span({ ...tool, "gen_ai.tool.call.arguments": value }).input)).toContain("cut:");
  });
  it("keeps 512 attributes and counts the others", () => {
    const found = span(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`a${index}`, index]))).attributes;
    expect(Object.keys(found)).toHaveLength(513);
    expect(found["holdpoint.dropped_attributes"]).toBe(88);
  });
  it("bounds names and ids, which are indexed", () => expect(span({ ...chat, "gen_ai.conversation.id": "c".repeat(5_000) }).conversationId).toHaveLength(500));
  it("leaves JSON in text alone when it is too deep or broken", () => {
    const deep = `${"[".repeat(33)}${"]".repeat(33)}`;
    expect(span({ ...tool, "gen_ai.tool.call.arguments": deep }).input).toBe(deep);
    expect(span({ ...tool, "gen_ai.tool.call.arguments": '{"a":' }).input).toBe('{"a":');
  });
  it("takes no prototype and no NUL out of JSON in text", () => {
    const found = span({ ...tool, "gen_ai.tool.call.arguments": '{"__proto__":{"polluted":true},"b":"a\\u0000\\ud800"}' }).input as Attributes;
    expect(found["polluted"]).toBeUndefined();
    expect(found["b"]).toBe("a\uFFFD\uFFFD");
    expect(Object.keys(found)).toEqual(["__proto__", "b"]);
    expect("polluted" in {}).toBe(false);
  });
});

describe("any values under the names we read", () => {
  const names = [
    "gen_ai.operation.name", "gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions", "gen_ai.tool.call.arguments", "gen_ai.prompt", "gen_ai.prompt.0.role",
    "gen_ai.usage.input_tokens", "gen_ai.usage.cost", "gen_ai.agent.id", "gen_ai.agent.version", "ai.operationId", "ai.prompt", "ai.prompt.messages", "ai.prompt.tools", "ai.response.toolCalls", "openinference.span.kind", "metadata",
    "input.value", "output.value", "llm.input_messages.0.message.contents.0.message_content.text", "llm.input_messages.0.message.tool_calls.0.tool_call.function.arguments", "llm.tools.0.tool.json_schema", "traceloop.span.kind",
    "traceloop.entity.input", "llm.request.type", "llm.request.functions.0.name", "mastra.span.type", "mcp.method.name", "error.type", "holdpoint.record.ticket", "holdpoint.segment.x", "holdpoint.cost_usd", "session.id",
  ];
  const words = fc.constantFrom("chat", "execute_tool", "ai.toolCall", "x.doGenerate", "LLM", "TOOL", "CHAIN", "agent", "tool", "tool_call");
  const value = fc.oneof(words, fc.jsonValue(), fc.json(), fc.constantFrom("[{", '{"output":{"kwargs":null}}', '{"kwargs":{"tool_call_id":"c"}}', '[{"role":"system"}]', '{"messages":[null,{"role":"system","content":[null]}]}'));
  const attributes = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12, noNullPrototype: true });
  it("give a span that can be stored, with tokens only on model calls", () => {
    fc.assert(
      fc.property(attributes, attributes, fc.nat(2), (own, onResource, statusCode) => {
        const found = span(own, { statusCode, events: [{ name: "gen_ai.choice", atUs: 1, attributes: own }] }, onResource);
        expect(() => JSON.stringify(found)).not.toThrow();
        expect(found.tokens === null || found.kind === "inference" || found.kind === "embedding").toBe(true);
        expect([found.conversationId, found.toolName, found.model, found.agentName].every((text) => text === null || typeof text === "string")).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
