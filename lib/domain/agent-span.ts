// What is a span to us, whatever dialect it was spoken in?

export const SPAN_KINDS = [
  "agent", "workflow", "step", "inference", "embedding", "retrieval", "tool", "transport", "guardrail", "memory", "decision", "other",
] as const;
/** `transport` is the same tool call seen once more on its way (an MCP request); it is shown and never counted. */
export type SpanKind = (typeof SPAN_KINDS)[number];

/** `interrupted`: waits for a person, no failure. `rejected`: a person said no. `refused`: the gate did, so the call was not made. */
export const SPAN_STATUSES = ["ok", "error", "interrupted", "rejected", "refused"] as const;
export type SpanStatus = (typeof SPAN_STATUSES)[number];

/** Tokens as the provider counts them: `input` includes cached, `output` includes reasoning. */
export interface TokenUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
}

export interface ObservedTool {
  name: string;
  description: string | null;
  inputSchema: unknown;
}

export interface RecordReference {
  /** For instance `ticket`, `order`, `crm`. */
  type: string;
  id: string;
}

/** One span in our own words. Times are whole microseconds since 1970, UTC. */
export interface AgentSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: SpanKind;
  dialect: string;
  startUs: number;
  endUs: number;
  status: SpanStatus;
  errorType: string | null;
  errorMessage: string | null;

  /** Who, most specific hint first; the API key decides whether the hint is believed. */
  agentHints: string[];
  versionLabel: string | null;
  /** Full fingerprint when the sender carries it (`holdpoint.version.fingerprint`). */
  fingerprint: string | null;
  /** `holdpoint.stage` when the sender says that a candidate runs in shadow. */
  stage: string | null;
  conversationId: string | null;
  /** First user-visible name of the run: the task, when a span carries it. */
  agentName: string | null;

  provider: string | null;
  model: string | null;
  /** Only on inference and embedding spans, so that a sum over spans counts each token once. */
  tokens: TokenUsage | null;
  /** Cost the sender reports, in whole nano-USD; null when it says nothing or nothing believable. */
  reportedCostNanoUsd: number | null;

  toolName: string | null;
  toolCallId: string | null;
  input: unknown;
  output: unknown;

  systemInstructions: string | null;
  toolDefinitions: ObservedTool[] | null;

  /** `holdpoint.outcome`: success or failure, said by the agent itself. */
  outcome: "success" | "failure" | null;
  escalated: boolean;
  humanIntervened: boolean;
  records: RecordReference[];
  segments: Record<string, string>;
  /** What no other field took; personal host attributes are dropped. */
  attributes: Record<string, unknown>;
}
