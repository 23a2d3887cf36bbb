// What does the body of an export request say, whichever encoding it has?

import { countMetricsJson, decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { countMetricsProtobuf, decodeLogsProtobuf, decodeTracesProtobuf } from "./decode-protobuf.ts";
import type { RawResourceLogs, RawResourceSpans } from "./resource-spans.ts";

export type Encoding = "json" | "protobuf";

/** Throws `MalformedTelemetry`, as do the two below. */
export function decodeTraces(bytes: Uint8Array, encoding: Encoding): RawResourceSpans[] {
  return encoding === "json" ? decodeTracesJson(bytes) : decodeTracesProtobuf(bytes);
}

export function decodeLogs(bytes: Uint8Array, encoding: Encoding): RawResourceLogs[] {
  return encoding === "json" ? decodeLogsJson(bytes) : decodeLogsProtobuf(bytes);
}

/** The number of data points; nothing else of metrics is read. */
export function countMetrics(bytes: Uint8Array, encoding: Encoding): number {
  return encoding === "json" ? countMetricsJson(bytes) : countMetricsProtobuf(bytes);
}
