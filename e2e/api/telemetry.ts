// OTLP as senders write it, as JSON.

import { randomBytes } from "node:crypto";

export const newTraceId = (): string => randomBytes(16).toString("hex");

const nanos = (ms: number): string => `${BigInt(ms) * 1_000_000n}`;

export const TOKENS_PER_CALL = 10;

export interface TraceShape {
  service: string;
  traceId?: string;
  spans?: number;
  version?: string;
  prompt?: string;
}

/** One task of as many model calls as asked for. */
export function exportedTrace({ service, traceId = newTraceId(), spans = 1, version, prompt }: TraceShape) {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const now = Date.now();
  return {
    resourceSpans: [{
      resource: { attributes: [text("service.name", service), ...(version ? [text("service.version", version)] : [])] },
      scopeSpans: [{
        spans: Array.from({ length: spans }, (_, index) => ({
          traceId, spanId: (index + 1).toString(16).padStart(16, "0"), name: "chat gpt-4.1", kind: 3, startTimeUnixNano: nanos(now - 1_000), endTimeUnixNano: nanos(now),
          attributes: [
            text("gen_ai.operation.name", "chat"), text("gen_ai.provider.name", "openai"), text("gen_ai.request.model", "gpt-4.1"),
            { key: "gen_ai.usage.input_tokens", value: { intValue: TOKENS_PER_CALL } },
            ...(prompt ? [text("gen_ai.system_instructions", JSON.stringify([{ type: "text", content: prompt }]))] : []),
          ],
        })),
      }],
    }],
  };
}

export interface Caller {
  url: string;
  secret: string;
}

export const postTraces = ({ url, secret }: Caller, body: unknown): Promise<Response> =>
  fetch(`${url}/v1/traces`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body: JSON.stringify(body) });

export const getJson = async ({ url, secret }: Caller, path: string): Promise<unknown> =>
  (await fetch(url + path, { headers: { authorization: `Bearer ${secret}` } })).json();
