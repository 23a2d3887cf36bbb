// An agent as somebody else would write it: OpenTelemetry, no word of Holdpoint but the outcome, one task.

import { context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { detectResources, envDetector } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const provider = new TracerProvider({ resource: detectResources({ detectors: [envDetector] }), spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })] });
const tracer = provider.getTracer("plain-agent");
const conversation = { "gen_ai.conversation.id": `conversation-${process.pid}-${Date.now()}` };
/** SDKs repeat the sum on the agent's own span. */
const usage = { "gen_ai.usage.input_tokens": 900, "gen_ai.usage.output_tokens": 60 };

const root = tracer.startSpan("invoke_agent", { attributes: { ...conversation, ...usage, "gen_ai.operation.name": "invoke_agent", "holdpoint.outcome": "success" } });
const inside = trace.setSpan(context.active(), root);
tracer.startSpan("chat gpt-4.1", {
  attributes: {
    ...conversation, ...usage, "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1",
    "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: process.env.AGENT_PROMPT ?? "" }]),
  },
}, inside).end();
tracer.startSpan("execute_tool order_get", {
  attributes: { ...conversation, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "order_get", "gen_ai.tool.call.id": "call_1", "gen_ai.tool.call.arguments": '{"order":"5498"}' },
}, inside).end();
root.end();
await provider.shutdown();
