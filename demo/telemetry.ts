// What the fleet reports: each task as OpenTelemetry spans in the GenAI conventions, through the real SDK over OTLP/HTTP.

import { createHash } from "node:crypto";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider, type IdGenerator, type SpanExporter } from "@opentelemetry/sdk-trace";
import type { Task } from "./agents/demo-agent.ts";
import type { Recipe } from "./recipe.ts";
import type { ChatStep, Message, Outcome, Session, ToolStep } from "./session.ts";

/** A history is sent by the thousand; the SDK drops what does not fit its queue. */
const QUEUE_SPANS = 20_000;
const BATCH_SPANS = 400;

/** Ids from the task, so that a history that is sent twice after a failure is the same history. */
class IdsFromTask implements IdGenerator {
  #task = "";
  #count = 0;

  begin(task: string): void {
    this.#task = task;
    this.#count = 0;
  }
  generateTraceId(): string {
    return this.#hash("trace").slice(0, 32);
  }
  generateSpanId(): string {
    this.#count += 1;
    return this.#hash(`span ${this.#count}`).slice(0, 16);
  }
  #hash(what: string): string {
    return createHash("sha256").update(`${this.#task} ${what}`).digest("hex");
  }
}

/** Passes everything on and remembers what did not arrive. */
class WatchedExporter implements SpanExporter {
  failed = 0;
  readonly #exporter: OTLPTraceExporter;

  constructor(exporter: OTLPTraceExporter) {
    this.#exporter = exporter;
  }
  export: SpanExporter["export"] = (spans, done) => {
    this.#exporter.export(spans, (result) => {
      if (result.error) this.failed += spans.length;
      done(result);
    });
  };
  shutdown = () => this.#exporter.shutdown();
  forceFlush = () => this.#exporter.forceFlush();
}

export interface FinishedTask {
  task: Task;
  session: Session;
  startMs: number;
  outcome: Outcome;
}

export class Telemetry {
  readonly #agentId: string;
  readonly #url: string;
  readonly #key: string;
  readonly #lines = new Map<string, { tracer: Tracer; provider: TracerProvider; exporter: WatchedExporter; ids: IdsFromTask }>();

  constructor(agentId: string, url: string, key: string) {
    this.#agentId = agentId;
    this.#url = `${url.replace(/\/$/, "")}/v1/traces`;
    this.#key = key;
  }

  report({ task, session, startMs, outcome }: FinishedTask): void {
    const { recipe } = session;
    const { tracer, ids } = this.#lineFor(recipe.label);
    ids.begin(`${this.#agentId} ${task.conversationId}`);
    const answer = session.steps.findLast((step) => step.kind === "chat")?.said.text ?? "";
    const root = tracer.startSpan(`invoke_agent ${this.#agentId}`, { kind: SpanKind.INTERNAL, startTime: new Date(startMs), root: true, attributes: { ...this.#common("invoke_agent", task.conversationId), ...modelAttributes(recipe), ...businessAttributes(task) } });
    root.setAttribute("gen_ai.input.messages", JSON.stringify([{ role: "user", parts: [{ type: "text", content: task.request }] }]));
    root.setAttribute("gen_ai.output.messages", JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: answer }], finish_reason: "stop" }]));
    if (outcome) root.setAttribute("holdpoint.outcome", outcome);
    if (session.hasPersonIntervened) root.setAttribute("holdpoint.human_intervened", true);
    const context = trace.setSpan(ROOT_CONTEXT, root);
    for (const step of session.steps) {
      if (step.kind === "chat") this.#chat(tracer, context, step, recipe, task.conversationId);
      else this.#tool(tracer, context, step, task.conversationId);
    }
    root.end(new Date(session.nowMs));
  }

  /** Throws when spans did not arrive. */
  async flush(): Promise<void> {
    for (const { provider, exporter } of this.#lines.values()) {
      const error = await provider.forceFlush().then(() => null, (cause: unknown) => cause);
      const { failed } = exporter;
      exporter.failed = 0;
      // A batch may also have failed before, on the processor's own timer.
      if (error !== null || failed > 0) throw new Error(`${failed} spans of ${this.#agentId} did not arrive.`, { cause: error });
    }
  }

  async close(): Promise<void> {
    for (const { provider } of this.#lines.values()) await provider.shutdown();
    this.#lines.clear();
  }

  #chat(tracer: Tracer, context: Context, step: ChatStep, recipe: Recipe, conversationId: string): void {
    const span = tracer.startSpan(`chat ${recipe.model.name}`, {
      kind: SpanKind.CLIENT,
      startTime: new Date(step.startMs),
      attributes: {
        ...this.#common("chat", conversationId),
        ...modelAttributes(recipe),
        "gen_ai.response.model": recipe.model.name,
        "gen_ai.response.finish_reasons": [step.said.role === "assistant" && step.said.call ? "tool_calls" : "stop"],
        "gen_ai.usage.input_tokens": step.tokens.input,
        "gen_ai.usage.output_tokens": step.tokens.output,
        "gen_ai.usage.cache_read.input_tokens": step.tokens.cached,
        "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: recipe.prompt }]),
        "gen_ai.tool.definitions": JSON.stringify(recipe.tools.map(({ name, description, inputSchema }) => ({ type: "function", name, description, parameters: inputSchema }))),
        "gen_ai.input.messages": JSON.stringify(step.seen.map(messageParts)),
        "gen_ai.output.messages": JSON.stringify([messageParts(step.said)]),
      },
    }, context);
    span.end(new Date(step.endMs));
  }

  #tool(tracer: Tracer, context: Context, step: ToolStep, conversationId: string): void {
    const span = tracer.startSpan(`execute_tool ${step.spec.name}`, {
      kind: SpanKind.INTERNAL,
      startTime: new Date(step.startMs),
      attributes: {
        ...this.#common("execute_tool", conversationId),
        "gen_ai.tool.name": step.spec.name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": step.callId,
        "gen_ai.tool.call.arguments": JSON.stringify(step.args),
        "gen_ai.tool.call.result": JSON.stringify(step.result),
      },
    }, context);
    if (step.error) {
      span.setAttribute("error.type", step.error.code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: step.error.sentence });
    }
    span.end(new Date(step.endMs));
  }

  #common(operation: string, conversationId: string): Attributes {
    return { "gen_ai.operation.name": operation, "gen_ai.agent.name": this.#agentId, "gen_ai.conversation.id": conversationId };
  }

  #lineFor(label: string) {
    const known = this.#lines.get(label);
    if (known) return known;
    const exporter = new WatchedExporter(new OTLPTraceExporter({ url: this.#url, headers: { authorization: `Bearer ${this.#key}` } }));
    const ids = new IdsFromTask();
    const provider = new TracerProvider({
      resource: resourceFromAttributes({
        "service.name": this.#agentId, "service.version": label, "gen_ai.agent.id": this.#agentId, "gen_ai.agent.version": label, "deployment.environment.name": "demo",
      }),
      idGenerator: ids,
      spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE_SPANS, maxExportBatchSize: BATCH_SPANS, scheduledDelayMillis: 500 })],
    });
    const line = { tracer: provider.getTracer("demo-fleet"), provider, exporter, ids };
    this.#lines.set(label, line);
    return line;
  }
}

function modelAttributes({ model }: Recipe): Attributes {
  return {
    "gen_ai.provider.name": model.provider, "gen_ai.request.model": model.name,
    "gen_ai.request.temperature": model.parameters.temperature, "gen_ai.request.max_tokens": model.parameters.max_output_tokens,
  };
}

function businessAttributes({ records, segments }: Pick<Task, "records" | "segments">): Attributes {
  const entries = (prefix: string, values: Record<string, string>) => Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]);
  return Object.fromEntries([...entries("holdpoint.record", records), ...entries("holdpoint.segment", segments)]) as Attributes;
}

function messageParts(message: Message) {
  if (message.role === "tool") return { role: "tool", parts: [{ type: "tool_call_response", id: message.callId, response: message.text }] };
  const text = { type: "text", content: message.text };
  if (message.role === "user" || !message.call) return { role: message.role, parts: [text] };
  const { id, name, args } = message.call;
  return { role: "assistant", parts: [text, { type: "tool_call", id, name, arguments: args }], finish_reason: "tool_calls" };
}
