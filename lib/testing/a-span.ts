// A span for tests, complete and plain; what a test is about is given to it.

import { randomBytes } from "node:crypto";
import type { AgentSpan } from "../domain/agent-span.ts";

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
export const aTraceId = (): string => hex(16);

export function aSpan(given: Partial<AgentSpan> & { startUs: number }): AgentSpan {
  return {
    traceId: aTraceId(), spanId: hex(8), parentSpanId: null, name: "span", kind: "agent", dialect: "test", endUs: given.startUs + 1_000_000,
    status: "ok", errorType: null, errorMessage: null, agentHints: [], versionLabel: null, fingerprint: null, stage: null, conversationId: null, agentName: null,
    provider: null, model: null, tokens: null, reportedCostNanoUsd: null, toolName: null, toolCallId: null, input: null, output: null,
    systemInstructions: null, toolDefinitions: null, outcome: null, escalated: false, humanIntervened: false, records: [], segments: {}, attributes: {}, ...given,
  };
}
