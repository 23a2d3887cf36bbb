// What would a recorded tau2 run have sent? Each simulation as the OTLP spans of an instrumented agent.

import { createHash } from "node:crypto";

export interface RecordedToolCall {
  id: string;
  name: string;
  arguments: unknown;
  requestor?: string;
}

export interface RecordedMessage {
  role: "assistant" | "user" | "tool" | "system";
  id?: string;
  content?: string;
  timestamp?: string;
  cost?: number;
  usage?: { prompt_tokens: number; completion_tokens: number };
  tool_calls?: RecordedToolCall[];
  requestor?: string;
  error?: boolean;
}

export interface RecordedRun {
  id: string;
  task_id: string;
  start_time: string;
  end_time: string;
  reward_info?: { reward: number };
  messages: RecordedMessage[];
}

type Value = { stringValue: string } | { intValue: string } | { doubleValue: number } | { boolValue: boolean };
type Attributes = Record<string, string | number | boolean | undefined>;

const hex = (text: string, length: number): string => createHash("sha256").update(text).digest("hex").slice(0, length);

/** The recordings carry no zone; read as UTC. */
const nanos = (timestamp: string): bigint => {
  const [seconds = "", fraction = ""] = timestamp.replace("Z", "").split(".");
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
};

const valueOf = (value: string | number | boolean): Value =>
  typeof value === "string" ? { stringValue: value } : typeof value === "boolean" ? { boolValue: value }
  : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };

const attributeList = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: valueOf(value) }]));

export interface Sender {
  agentId: string;
  versionLabel: string;
  model: string;
  systemInstructions: string;
}

interface Timed {
  from: bigint;
  to: bigint;
}

function spanOf(run: RecordedRun, name: string, key: string, { from, to }: Timed, attributes: Attributes, isError = false) {
  return {
    traceId: hex(run.id, 32), spanId: hex(`${run.id} ${key}`, 16), ...(key === "root" ? {} : { parentSpanId: hex(`${run.id} root`, 16) }), name, kind: 1,
    startTimeUnixNano: String(from), endTimeUnixNano: String(to < from ? from : to), attributes: attributeList({ "gen_ai.conversation.id": run.id, ...attributes }),
    status: isError ? { code: 2, message: "the tool answered with an error" } : {},
  };
}

/** One export request per run: the root, an inference for each answer with usage, a tool span for each of the agent's own calls. */
export function exportOf(run: RecordedRun, sender: Sender) {
  const whole = { from: nanos(run.start_time), to: nanos(run.end_time) };
  const results = new Map(run.messages.filter((message) => message.role === "tool").map((message) => [message.id, message]));
  const spans = [
    spanOf(run, `invoke_agent ${sender.agentId}`, "root", whole, {
      "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": sender.agentId, "holdpoint.record.task": run.task_id,
      "holdpoint.outcome": run.reward_info ? (run.reward_info.reward === 1 ? "success" : "failure") : undefined,
    }),
  ];
  let before = whole.from;
  run.messages.forEach((message, index) => {
    const at = message.timestamp ? nanos(message.timestamp) : before;
    if (message.role === "assistant" && message.usage) {
      spans.push(spanOf(run, `chat ${sender.model}`, `chat ${index}`, { from: before, to: at }, {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": sender.model, "gen_ai.system_instructions": sender.systemInstructions,
        "gen_ai.usage.input_tokens": message.usage.prompt_tokens, "gen_ai.usage.output_tokens": message.usage.completion_tokens,
        // The recorder wrote 0 where it knew no price.
        "holdpoint.cost_usd": message.cost ? String(message.cost) : undefined,
      }));
    }
    if (message.role === "assistant") {
      message.tool_calls?.forEach((call, position) => {
        const result = results.get(call.id);
        const to = result?.timestamp ? nanos(result.timestamp) : at;
        spans.push(spanOf(run, `execute_tool ${call.name}`, `tool ${index} ${position}`, { from: at, to }, {
          "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": call.name, "gen_ai.tool.call.id": call.id,
          "gen_ai.tool.call.arguments": JSON.stringify(call.arguments), "gen_ai.tool.call.result": result?.content, "error.type": result?.error ? "tool_error" : undefined,
        }, result?.error === true));
      });
    }
    before = at;
  });
  const resource = attributeList({ "service.name": sender.agentId, "gen_ai.agent.id": sender.agentId, "gen_ai.agent.version": sender.versionLabel });
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope: { name: "tau2" }, spans }] }] };
}
