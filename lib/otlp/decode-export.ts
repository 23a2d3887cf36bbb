// What does the body of an export request say, whichever encoding it has?

import { countMetricsJson, decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { countMetricsProtobuf, decodeLogsProtobuf, decodeTracesProtobuf } from "./decode-protobuf.ts";
import { atOnce, type Steps } from "./in-steps.ts";
import type { RawResourceLogs, RawResourceSpans } from "./resource-spans.ts";

export type Encoding = "json" | "protobuf";

/** Throws `MalformedTelemetry`, as do those below. */
export const decodeTraces = (bytes: Uint8Array, encoding: Encoding): RawResourceSpans[] => atOnce(decodeTracesInSteps(bytes, encoding));

export function* decodeTracesInSteps(bytes: Uint8Array, encoding: Encoding): Steps<RawResourceSpans[]> {
  return encoding === "json" ? yield* decodeTracesJson(bytes) : decodeTracesProtobuf(bytes);
}

export function decodeLogs(bytes: Uint8Array, encoding: Encoding): RawResourceLogs[] {
  return encoding === "json" ? decodeLogsJson(bytes) : decodeLogsProtobuf(bytes);
}

/** The number of data points; nothing else of metrics is read. */
export function countMetrics(bytes: Uint8Array, encoding: Encoding): number {
  return encoding === "json" ? countMetricsJson(bytes) : countMetricsProtobuf(bytes);
}
