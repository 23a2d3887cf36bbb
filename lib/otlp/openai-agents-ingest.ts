// What does the OpenAI Agents SDK's own exporter send? It keeps what OpenTelemetry bridges lose: the conversation and one trace over an approval.

import type { AgentSpan } from "../domain/agent-span.ts";
import { parseJsonBody } from "./decode-json.ts";
import { labelOf } from "./attribute-reader.ts";
import { mergeFacts, NO_FACTS } from "./holdpoint-facts.ts";
import { isRecord, ownValue, storableValue } from "./json-content.ts";
import { MalformedTelemetry } from "./malformed-telemetry.ts";
import { blankSpan } from "./normalise-span.ts";
import { spanContentOf, spanDataOf, usageOf, type SpanData } from "./openai-agents-span.ts";
import { readResource, type ResourceFacts } from "./resource-facts.ts";
import type { Attributes } from "./set-own.ts";
import { rejectionsOf, timeFaultOf, type AcceptedSpans } from "./spans-of.ts";

/** The trace itself may come in an earlier request than its spans. */
export interface NativeTrace {
  traceId: string;
  name: string | null;
  conversationId: string | null;
}

export interface NativeIngest extends AcceptedSpans {
  traces: NativeTrace[];
}

interface TraceFacts extends NativeTrace {
  facts: ResourceFacts;
}

interface Member {
  item: Attributes;
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  span: SpanData;
}

/** Body of `POST /v1/traces/ingest`: `{"data": [{"object": "trace" | "trace.span", …}]}`. Throws `MalformedTelemetry`. */
export function readOpenAiAgentsIngest(bytes: Uint8Array, now: Date): NativeIngest {
  const data = storableValue(parseJsonBody(bytes)["data"]);
  if (!Array.isArray(data) || !data.every(isRecord)) throw new MalformedTelemetry("The body has no list of traces and spans under `data`.");
  const traces = new Map(data.filter((item) => item["object"] === "trace").map(traceOf).filter((trace) => trace !== null).map((trace) => [trace.traceId, trace]));
  const counts = new Map<string, number>();
  const reject = (reason: string): void => void counts.set(reason, (counts.get(reason) ?? 0) + 1);

  const members = data.filter((item) => item["object"] === "trace.span").map(memberOf);
  const known = members.filter((member) => member !== null);
  for (let missing = members.length - known.length; missing > 0; missing--) reject("A trace id is not `trace_` and 32 hex digits, or a span id is not `span_` and 24.");

  const turnTokens = shareTurnTokens(known);
  const spans: AgentSpan[] = [];
  for (const member of known) {
    const span = spanOf(member, traces.get(member.traceId), turnTokens.get(member));
    const fault = timeFaultOf(span.startUs, span.endUs, now);
    if (fault === null) spans.push(span);
    else reject(fault);
  }
  return { spans, rejected: rejectionsOf(counts), traces: [...traces.values()].map(({ traceId, name, conversationId }) => ({ traceId, name, conversationId })) };
}

function traceOf(item: Attributes): TraceFacts | null {
  const traceId = hexAfter(item["id"], "trace_", 32);
  if (traceId === null) return null;
  const name = labelOf(item["workflow_name"]);
  const metadata = isRecord(item["metadata"]) ? item["metadata"] : {};
  // The metadata is where this SDK lets an agent say who it is.
  const facts = readResource({ "service.name": name, ...metadata });
  return { traceId, name, conversationId: labelOf(item["group_id"]) ?? facts.conversationId, facts };
}

function memberOf(item: Attributes): Member | null {
  const traceId = hexAfter(item["trace_id"], "trace_", 32);
  const spanId = hexAfter(item["id"], "span_", 24);
  const hasParent = item["parent_id"] !== null && item["parent_id"] !== undefined;
  const parentSpanId = hexAfter(item["parent_id"], "span_", 24);
  if (traceId === null || spanId === null || (hasParent && parentSpanId === null)) return null;
  return { item, traceId, spanId, parentSpanId, span: spanDataOf(item) };
}

function spanOf({ item, traceId, spanId, parentSpanId, span }: Member, trace: TraceFacts | undefined, turnTokens: AgentSpan["tokens"] | undefined): AgentSpan {
  const content = spanContentOf(span, item["error"]);
  const startUs = microsecondsOf(item["started_at"]);
  const facts = mergeFacts(NO_FACTS, trace?.facts.holdpoint ?? NO_FACTS);
  return {
    ...blankSpan({ traceId, spanId, parentSpanId }),
    ...content,
    ...facts,
    dialect: "openai-agents",
    startUs,
    endUs: Math.max(startUs, microsecondsOf(item["ended_at"])),
    agentHints: trace?.facts.agentHints ?? [],
    versionLabel: trace?.facts.versionLabel ?? null,
    conversationId: trace?.conversationId ?? null,
    agentName: content.agentName ?? trace?.name ?? null,
    // A turn that carries the tokens stands for its model call, since only model calls have tokens.
    kind: turnTokens !== undefined ? "inference" : content.kind,
    tokens: turnTokens ?? content.tokens,
    escalated: facts.escalated ?? false,
    humanIntervened: facts.humanIntervened ?? false,
  };
}

/**
 * With Chat Completions both `generation` and `turn` carry the tokens, with the Responses API only `turn` does. A turn therefore counts
 * only where the same trace shows a `response`: on that span when it is the turn's one child, else on the turn itself.
 */
function shareTurnTokens(members: readonly Member[]): Map<Member, NonNullable<AgentSpan["tokens"]>> {
  const shared = new Map<Member, NonNullable<AgentSpan["tokens"]>>();
  const responses = members.filter(({ span }) => span.type === "response");
  const tracesWithResponses = new Set(responses.map(({ traceId }) => traceId));
  const tracesWithGenerations = new Set(members.filter(({ span }) => span.type === "generation").map(({ traceId }) => traceId));
  for (const turn of members) {
    if (turn.span.type !== "turn" || !tracesWithResponses.has(turn.traceId) || tracesWithGenerations.has(turn.traceId)) continue;
    const tokens = usageOf(ownValue(turn.span.data, "usage"));
    const children = responses.filter((response) => response.traceId === turn.traceId && response.parentSpanId === turn.spanId);
    const hasOwn = children.some((child) => spanContentOf(child.span, null).tokens !== null);
    const [child] = children;
    if (tokens !== null && !hasOwn) shared.set(child !== undefined && children.length === 1 ? child : turn, tokens);
  }
  return shared;
}

function hexAfter(value: unknown, prefix: string, digits: number): string | null {
  if (typeof value !== "string" || !value.startsWith(prefix)) return null;
  const id = value.slice(prefix.length).toLowerCase();
  return id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id) ? id : null;
}

/** ISO 8601 with up to microseconds, which Python writes and `Date` cuts off; 0 when it is no time. */
function microsecondsOf(value: unknown): number {
  if (typeof value !== "string" || value.length > 40) return 0;
  const us = Date.parse(value) * 1_000;
  if (Number.isNaN(us)) return 0;
  return us + Number(/\.\d{3}(\d{1,3})/.exec(value)?.[1]?.padEnd(3, "0") ?? 0);
}
