// What an agent sends: OTLP as JSON, in the words of OpenTelemetry's GenAI convention.

import { randomBytes } from "node:crypto";
import { expect } from "@playwright/test";

type Attributes = Record<string, string | number | boolean>;

export interface SentSpan {
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Milliseconds after the start of the run, and how long. */
  atMs: number;
  tookMs: number;
  attributes: Attributes;
  /** Ends in an error with this message. */
  error?: string;
}

export interface SentRun {
  agentId: string;
  /** The version label. */
  label?: string;
  conversation?: string;
  spans: readonly SentSpan[];
}

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

export const newSpanId = (): string => hex(8);

function valueOf(value: Attributes[string]) {
  if (typeof value === "string") return { stringValue: value };
  return typeof value === "boolean" ? { boolValue: value } : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

const attributesOf = (attributes: Attributes) => Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

/** Posts one run in batches of 1,000 spans and returns its conversation. */
export async function sendRun(secret: string, { agentId, label = "1.0", conversation = `conversation-${hex(6)}`, spans }: SentRun): Promise<string> {
  const startMs = Date.now() - Math.max(...spans.map((span) => span.atMs + span.tookMs));
  const nanos = (ms: number): string => `${startMs + ms}000000`;
  const traceId = hex(16);
  const encoded = spans.map((span) => ({
    traceId, spanId: span.spanId, parentSpanId: span.parentSpanId ?? "", name: span.name, kind: 1, startTimeUnixNano: nanos(span.atMs), endTimeUnixNano: nanos(span.atMs + span.tookMs),
    attributes: attributesOf({ "gen_ai.conversation.id": conversation, ...span.attributes }), status: span.error === undefined ? { code: 1 } : { code: 2, message: span.error },
  }));
  const resource = { attributes: attributesOf({ "gen_ai.agent.id": agentId, "gen_ai.agent.version": label }) };
  for (let from = 0; from < encoded.length; from += 1_000) {
    const response = await fetch(`${process.env.E2E_URL}/v1/traces`, {
      method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "spec" }, spans: encoded.slice(from, from + 1_000) }] }] }),
    });
    expect(response.status, await response.clone().text()).toBe(200);
  }
  return conversation;
}

interface Task {
  prompt: string;
  model?: string;
  order?: string;
  /** The refund ends in an error with this message. */
  error?: string;
}

/** One refund: a model call, a look at the order, the refund. */
export function aRefund({ prompt, model = "gpt-4.1", order = "5498", error }: Task): SentSpan[] {
  const root = newSpanId();
  const call = (name: string, tool: string, atMs: number, input: unknown, failure?: string): SentSpan => ({
    spanId: newSpanId(), parentSpanId: root, name, atMs, tookMs: 200, ...(failure === undefined ? {} : { error: failure }),
    attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool, "gen_ai.tool.call.arguments": JSON.stringify(input), "gen_ai.tool.call.result": '{"state":"paid"}' },
  });
  return [
    { spanId: root, name: "invoke_agent", atMs: 0, tookMs: 2_000, attributes: { "gen_ai.operation.name": "invoke_agent", "holdpoint.outcome": error === undefined ? "success" : "failure", "holdpoint.record.order": order } },
    {
      spanId: newSpanId(), parentSpanId: root, name: `chat ${model}`, atMs: 100, tookMs: 900,
      attributes: {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model, "gen_ai.usage.input_tokens": 900, "gen_ai.usage.output_tokens": 60,
        "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: prompt }]),
      },
    },
    call("execute_tool order_get", "order_get", 1_100, { order }),
    call("execute_tool refund_create", "refund_create", 1_400, { order, amount: 40 }, error),
  ];
}
