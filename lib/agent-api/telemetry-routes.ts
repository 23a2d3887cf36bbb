// How does telemetry come in? OTLP over HTTP as its specification says, and the OpenAI Agents SDK's own exporter.

import { env } from "../env.ts";
import { ingestMessages } from "../operations/ingest-messages.ts";
import { countMetrics, decodeLogs, type Encoding } from "../otlp/decode-export.ts";
import { errorAnswer, partialAnswer, successAnswer, type ExportAnswer, type Signal } from "../otlp/export-response.ts";
import { eventsOf } from "../otlp/normalise-log.ts";
import type { Actor } from "../domain/roles.ts";
import { unsupported } from "./http-refusal.ts";
import { holdingBytes, withIngestRoom } from "./ingest-gate.ts";
import { handInSpans } from "./ingest-threads.ts";
import { readParts, type BodySource, type SentHeaders } from "./read-body.ts";
import type { RefusalAnswer } from "./refusal-answer.ts";
import { route } from "./route.ts";

interface Taken {
  rejected: number;
  sentence: string | null;
}
const ALL_TAKEN: Taken = { rejected: 0, sentence: null };

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

function encodingOf(headers: SentHeaders): Encoding | null {
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === JSON_TYPE) return "json";
  return type === PROTOBUF_TYPE || type === "application/protobuf" ? "protobuf" : null;
}

const asResponse = ({ contentType, body }: ExportAnswer, status: number): Response => new Response(body, { status, headers: { "content-type": contentType } });

/** In the encoding of the request, as the specification demands; in protobuf when that is none of ours. */
const refuseInKind = ({ status, message }: RefusalAnswer, headers: SentHeaders): Response => asResponse(errorAnswer(encodingOf(headers) ?? "protobuf", status, message), status);

function announcedBytes(headers: SentHeaders): number {
  const told = Number(headers.get("content-length") ?? 0);
  return Number.isFinite(told) ? Math.min(Math.max(0, told), env().maxBodyBytes) : 0;
}

/** An empty request is a success and asks the database nothing. */
async function takeIn(source: BodySource, work: (parts: readonly Uint8Array[]) => Promise<Taken>): Promise<Taken> {
  const announced = announcedBytes(source.headers);
  return holdingBytes(announced, async (hold) => {
    const parts = await readParts(source, env().maxBodyBytes, (bytes) => hold(Math.max(announced, bytes)));
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    hold(bytes);
    return parts.length === 0 ? ALL_TAKEN : withIngestRoom(bytes, () => work(parts));
  });
}

function otlpRoute(signal: Signal, description: string, take: (parts: readonly Uint8Array[], encoding: Encoding, actor: Actor, now: Date) => Promise<Taken>) {
  return route({
    method: "post", path: `/v1/${signal}`, tag: "Telemetry", summary: `Receive ${signal} (OTLP/HTTP)`, description, needs: "telemetry:write", about: "each",
    bodyTypes: [JSON_TYPE, PROTOBUF_TYPE],
    success: { status: 200, description: "Taken. `partialSuccess` says how many were rejected for good and what to do about it." },
    refuse: refuseInKind,
    handle: async ({ actor, headers, source, now }) => {
      const encoding = encodingOf(headers);
      if (encoding === null) throw unsupported("The body must be application/x-protobuf or application/json.");
      const { rejected, sentence } = await takeIn(source, (parts) => take(parts, encoding, actor, now));
      return asResponse(rejected === 0 && sentence === null ? successAnswer(encoding) : partialAnswer(encoding, signal, rejected, sentence ?? ""), 200);
    },
  });
}

export const telemetryRoutes = [
  otlpRoute("traces", "Spans of agents in any of the known dialects. Safe to repeat: a span is stored once, whatever happens on the way.", (parts, form, actor, now) =>
    handInSpans({ parts, form, actor, now })),
  otlpRoute("logs", "Only `gen_ai.*` and `claude_code.*` events are kept; everything else is accepted and dropped.", (parts, encoding, actor, now) =>
    ingestMessages(actor, eventsOf(decodeLogs(Buffer.concat(parts), encoding), now), now)),
  otlpRoute("metrics", "Accepted and dropped: figures are computed from spans. SDKs send metrics unasked, and an error here would be noise in every agent.", async (parts, encoding) => {
    countMetrics(Buffer.concat(parts), encoding);
    return ALL_TAKEN;
  }),
  route({
    method: "post", path: "/v1/traces/ingest", tag: "Telemetry", summary: "Receive traces of the OpenAI Agents SDK",
    description: "For `new OpenAITracingExporter({ endpoint, apiKey })`. The agent is named in the trace's metadata (`service.name`) or by the key.",
    needs: "telemetry:write", about: "each", bodyTypes: [JSON_TYPE], bodyExample: { data: [{ object: "trace", id: "trace_0123456789abcdef0123456789abcdef", workflow_name: "refund-bot" }] },
    success: { status: 200, description: "Taken; `rejected` counts what was refused for good." },
    handle: async ({ actor, headers, source, now }) => {
      if (encodingOf(headers) !== "json") throw unsupported("The body must be application/json.");
      const { rejected, sentence } = await takeIn(source, (parts) => handInSpans({ parts, form: "openai-agents", actor, now }));
      return { status: 200, body: rejected === 0 ? {} : { rejected, message: sentence } };
    },
  }),
];
