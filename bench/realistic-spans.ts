// Spans like those of a real agent: some 1.4 kB each, a dozen attributes, runs of thirteen spans.

import { createHash, randomBytes } from "node:crypto";

export interface Wanted {
  spans: number;
  batchSize: number;
  seed: number;
}

const SPANS_PER_RUN = 13;
const RUN_MS = 9_000;
const text = (words: number) => "The customer asks about an order that has not arrived yet and wants to know when it will be there. ".repeat(Math.ceil(words / 20)).slice(0, words * 6);
const attribute = (key: string, value: string | number) => ({ key, value: typeof value === "number" ? { intValue: value } : { stringValue: value } });

function runSpans(seed: number, run: number) {
  const id = (part: string, length: number) => createHash("sha256").update(`${seed} ${run} ${part} ${RUN_SALT}`).digest("hex").slice(0, length);
  const traceId = id("trace", 32);
  const start = BigInt(Date.now() - RUN_MS) * 1_000_000n;
  const conversation = attribute("gen_ai.conversation.id", id("conversation", 16));
  const spans = [{
    traceId, spanId: id("root", 16), name: "invoke_agent bench-agent", kind: 1, startTimeUnixNano: String(start), endTimeUnixNano: String(start + 9_000_000_000n),
    attributes: [conversation, attribute("gen_ai.operation.name", "invoke_agent"), attribute("gen_ai.agent.name", "bench-agent"), attribute("holdpoint.outcome", run % 7 ? "success" : "failure"), attribute("holdpoint.record.ticket", `ZD-${run}`)],
    status: {},
  }] as object[];
  for (let step = 0; step < (SPANS_PER_RUN - 1) / 2; step++) {
    const from = start + BigInt(step) * 1_000_000_000n;
    const common = { traceId, parentSpanId: id("root", 16), kind: 1, startTimeUnixNano: String(from), endTimeUnixNano: String(from + 700_000_000n), status: {} };
    spans.push({
      ...common, spanId: id(`chat ${step}`, 16), name: "chat gpt-4.1",
      attributes: [
        conversation, attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.provider.name", "openai"), attribute("gen_ai.request.model", "gpt-4.1"), attribute("gen_ai.response.model", "gpt-4.1-2025-04-14"),
        attribute("gen_ai.usage.input_tokens", 1_200 + step), attribute("gen_ai.usage.output_tokens", 80), attribute("gen_ai.usage.cache_read.input_tokens", 512), attribute("gen_ai.request.temperature", 0),
        attribute("gen_ai.response.id", id(`response ${step}`, 24)), attribute("gen_ai.input.messages", JSON.stringify([{ role: "user", parts: [{ type: "text", content: text(90) }] }])),
        attribute("gen_ai.output.messages", JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: text(40) }] }])),
      ],
    }, {
      ...common, spanId: id(`tool ${step}`, 16), name: "execute_tool order_get",
      attributes: [
        conversation, attribute("gen_ai.operation.name", "execute_tool"), attribute("gen_ai.tool.name", "order_get"), attribute("gen_ai.tool.call.id", id(`call ${step}`, 24)), attribute("gen_ai.tool.type", "function"),
        attribute("gen_ai.tool.call.arguments", JSON.stringify({ order: id("order", 8), fields: ["state", "items", "address"] })), attribute("gen_ai.tool.call.result", JSON.stringify({ state: "sent", note: text(60) })),
      ],
    });
  }
  return spans;
}

// Another salt in each process, so that a second run in the same database stores new spans.
const RUN_SALT = randomBytes(4).toString("hex");

/** JSON export requests, made as they are asked for; batches cut through runs, as exporters' do. */
export function* realisticBatches({ spans, batchSize, seed }: Wanted): Generator<Buffer> {
  const resource = { attributes: [attribute("service.name", "bench-agent"), attribute("gen_ai.agent.id", "bench-agent")] };
  let waiting: object[] = [];
  for (let run = 0, made = 0; made < spans; run++) {
    for (const span of runSpans(seed, run)) {
      if (made === spans) break;
      waiting.push(span);
      made++;
      if (waiting.length === batchSize || made === spans) {
        yield Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "bench" }, spans: waiting }] }] }));
        waiting = [];
      }
    }
  }
}
