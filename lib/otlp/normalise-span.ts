// What does a span say in our own words, whichever of the dialects it speaks? The only place where attributes are read.

import type { AgentSpan, ObservedTool, SpanKind, TokenUsage } from "../domain/agent-span.ts";
import { AttributeReader, labelOf } from "./attribute-reader.ts";
import { NAMED_FIELDS, type Dialect, type NamedField } from "./dialect.ts";
import { aiSdkLegacy } from "./dialect-ai-sdk-legacy.ts";
import { mastra } from "./dialect-mastra.ts";
import { openInference, toolMessageOf } from "./dialect-openinference.ts";
import { openLlmetry } from "./dialect-openllmetry.ts";
import { isToolCall, otelGenAi } from "./dialect-otel-genai.ts";
import { holdpointFactsOf, isHoldpointName, mergeFacts } from "./holdpoint-facts.ts";
import { parseContent } from "./json-content.ts";
import { keptAttributes, keptText, keptValue } from "./kept-value.ts";
import { nanoUsdOf } from "./nano-usd.ts";
import { isPrivateAttribute } from "./private-attributes.ts";
import { isDefault, type ResourceFacts } from "./resource-facts.ts";
import type { RawSpan } from "./resource-spans.ts";
import { endOfToolCall, readSpanEnd, type SpanEnd } from "./span-status.ts";
import { tokenUsage } from "./token-usage.ts";

// From the general to the particular: of two that have a name for something the first is asked, and the last one spoken gives the dialect its name.
const DIALECTS: readonly Dialect[] = [otelGenAi, aiSdkLegacy, openInference, openLlmetry, mastra];

const NAMES = Object.fromEntries(NAMED_FIELDS.map((field) => [field, DIALECTS.flatMap((dialect) => dialect.names[field] ?? [])])) as Record<NamedField, string[]>;

/** Ids and times are taken as they are; `spansOf` checks them. */
export function normaliseSpan(raw: RawSpan, resource: ResourceFacts, scope: string): AgentSpan {
  const read = new AttributeReader(raw.attributes);
  const spoken = DIALECTS.filter((dialect) => dialect.isSpoken(read, scope));
  const kind = firstOf(spoken, (dialect) => dialect.kindOf(read, raw)) ?? "other";
  const input = firstOf(spoken, (dialect) => dialect.inputOf(read, kind, raw.events));
  const hasToolFailed = isToolCall(kind) && spoken.includes(openInference) && toolMessageOf(parseContent(read.peek("output.value")))?.hasFailed === true;
  const output = firstOf(spoken, (dialect) => dialect.outputOf(read, kind, raw.events));
  const hidden = spoken.map((dialect) => dialect.hiddenFieldsOf?.(read, kind) ?? {});
  const label: LabelReader = (field) => read.takeLabel(NAMES[field]) ?? firstOf(hidden, (fields) => labelOf(fields[field]));
  const tokens = readTokens(read, kind);
  const end = readSpanEnd(raw, read.take("error.type"));
  const facts = mergeFacts(holdpointFactsOf(raw.attributes), resource.holdpoint);

  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: /^0*$/.test(raw.parentSpanId) ? null : raw.parentSpanId,
    name: keptText(raw.name),
    kind,
    dialect: spoken.at(-1)?.name ?? "opentelemetry",
    startUs: raw.startUs,
    endUs: raw.endUs,
    ...endOf(isToolCall(kind) ? endOfToolCall(end) : end, hasToolFailed),
    ...identityOf(read, resource, label),
    fingerprint: facts.fingerprint,
    stage: facts.stage,
    provider: label("provider"),
    model: label("model"),
    tokens,
    reportedCostNanoUsd: readCost(read, kind, tokens),
    toolName: isToolCall(kind) ? label("toolName") : null,
    toolCallId: isToolCall(kind) ? label("toolCallId") : null,
    input: keptValue(input),
    output: keptValue(output),
    // Whole, however long: their digests decide whether somebody changed the agent.
    systemInstructions: firstOf(spoken, (dialect) => dialect.systemInstructionsOf?.(read, input)),
    toolDefinitions: firstOf<Dialect, ObservedTool[]>(spoken, (dialect) => dialect.toolDefinitionsOf?.(read)),
    outcome: facts.outcome,
    escalated: facts.escalated ?? false,
    humanIntervened: facts.humanIntervened ?? false,
    records: facts.records,
    segments: facts.segments,
    attributes: leftOver(read),
  };
}

function firstOf<Item, Result>(items: readonly Item[], ask: (item: Item) => Result | null | undefined): Result | null {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== null && answer !== undefined) return answer;
  }
  return null;
}

type LabelReader = (field: NamedField) => string | null;

function identityOf(read: AttributeReader, resource: ResourceFacts, label: LabelReader): Pick<AgentSpan, "agentHints" | "versionLabel" | "conversationId" | "agentName"> {
  const id = read.takeLabel(["gen_ai.agent.id"]);
  const version = read.takeLabel(["gen_ai.agent.version"]);
  return {
    agentHints: id === null ? resource.agentHints : [...new Set([id, ...resource.agentHints])],
    versionLabel: version === null || isDefault(version) ? resource.versionLabel : version,
    conversationId: label("conversationId") ?? resource.conversationId,
    agentName: label("agentName"),
  };
}

/** Agent and step spans repeat the sum of the model calls under them, so that counting them would double the cost. */
function readTokens(read: AttributeReader, kind: SpanKind): TokenUsage | null {
  if (kind !== "inference" && kind !== "embedding") return null;
  return tokenUsage({
    input: read.takeCount(NAMES.inputTokens),
    output: read.takeCount(NAMES.outputTokens),
    cacheRead: read.takeCount(NAMES.cacheRead),
    cacheWrite: read.takeCount(NAMES.cacheWrite),
    reasoning: read.takeCount(NAMES.reasoning),
  });
}

/** What libraries report is read where tokens are; what is said in our own name is meant for exactly its span. */
function readCost(read: AttributeReader, kind: SpanKind, tokens: TokenUsage | null): number | null {
  const isModelCall = kind === "inference" || kind === "embedding";
  const names = isModelCall ? ["holdpoint.cost_usd", "gen_ai.usage.cost", "llm.cost.total"] : ["holdpoint.cost_usd"];
  const name = names.find((candidate) => read.has(candidate));
  if (name === undefined) return null;
  const cost = nanoUsdOf(read.take(name));
  // A library without a price for the model reports 0.
  return cost === 0 && tokens !== null && tokens.input + tokens.output > 0 ? null : cost;
}

/** LangChain reports a tool that failed in its message and ends the span well. */
function endOf(end: SpanEnd, hasToolFailed: boolean): SpanEnd {
  return end.status === "ok" && hasToolFailed ? { status: "error", errorType: null, errorMessage: null } : end;
}

function leftOver(read: AttributeReader): AgentSpan["attributes"] {
  return keptAttributes(read.leftOver(isNotKept));
}

const MOST_REMEMBERED = 2_000;
const answers = new Map<string, boolean>();

/** The same few names come with every span. */
function isNotKept(name: string): boolean {
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = isHoldpointName(name) || isPrivateAttribute(name);
    if (answers.size >= MOST_REMEMBERED) answers.clear();
    answers.set(name, answer);
  }
  return answer;
}

/** A span of which nothing is known yet. */
export function blankSpan(ids: Pick<AgentSpan, "traceId" | "spanId" | "parentSpanId">): AgentSpan {
  return {
    ...ids, name: "", kind: "other", dialect: "", startUs: 0, endUs: 0, status: "ok", errorType: null, errorMessage: null, agentHints: [],
    versionLabel: null, fingerprint: null, stage: null, conversationId: null, agentName: null, provider: null, model: null, tokens: null,
    reportedCostNanoUsd: null, toolName: null, toolCallId: null, input: null, output: null, systemInstructions: null, toolDefinitions: null,
    outcome: null, escalated: false, humanIntervened: false, records: [], segments: {}, attributes: {},
  };
}
