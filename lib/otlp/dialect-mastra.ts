// How did Mastra's own exporter speak before it took over OpenTelemetry's names?

import type { SpanKind } from "../domain/agent-span.ts";
import { kindFrom, type Dialect } from "./dialect.ts";
import { isToolCall } from "./dialect-otel-genai.ts";

const KINDS: Readonly<Record<string, SpanKind>> = {
  agent_run: "agent", llm_generation: "inference", model_generation: "inference", tool_call: "tool", mcp_tool_call: "tool", workflow_run: "workflow",
  workflow_step: "step", model_step: "step",
};

export const mastra: Dialect = {
  name: "mastra",
  isSpoken: (read) => read.has("mastra.span.type"),
  kindOf: (read) => kindFrom(KINDS, read.take("mastra.span.type")),
  names: { cacheRead: ["gen_ai.usage.cached_input_tokens"] },
  inputOf: (read, kind) => (isToolCall(kind) ? read.takeContent(["gen_ai.tool.input"]) : undefined),
  outputOf: (read, kind) => (isToolCall(kind) ? read.takeContent(["gen_ai.tool.output"]) : undefined),
};
