// What is answered to an export request? An empty message for success, `partialSuccess` for spans sent back, `google.rpc.Status` for an error.

import protobuf from "protobufjs/minimal.js";
import type { Encoding } from "./decode-export.ts";

export type Signal = "traces" | "logs" | "metrics";

export interface ExportAnswer {
  contentType: "application/json" | "application/x-protobuf";
  body: Uint8Array<ArrayBuffer>;
}

const REJECTED_FIELD: Readonly<Record<Signal, string>> = { traces: "rejectedSpans", logs: "rejectedLogRecords", metrics: "rejectedDataPoints" };

/** Everything was taken. Both forms leave `partialSuccess` unset, as the specification demands. */
export function successAnswer(encoding: Encoding): ExportAnswer {
  return encoding === "json" ? json({}) : binary(new protobuf.Writer());
}

/** HTTP 200: the sender must not send again. With 0 rejected the message is a mere warning. */
export function partialAnswer(encoding: Encoding, signal: Signal, rejected: number, message: string): ExportAnswer {
  // 64-bit integers are text in OTLP/JSON.
  if (encoding === "json") return json({ partialSuccess: { [REJECTED_FIELD[signal]]: String(rejected), errorMessage: message } });
  const writer = new protobuf.Writer().uint32(0x0a).fork();
  if (rejected !== 0) writer.uint32(0x08).int64(rejected);
  if (message !== "") writer.uint32(0x12).string(message);
  return binary(writer.ldelim());
}

// google.rpc.Code
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 5, 413: 8, 415: 3, 429: 8, 500: 13, 502: 14, 503: 14, 504: 4 };
const UNKNOWN_CODE = 2;

/** The body beside an HTTP error status. Senders repeat only 429, 502, 503 and 504. */
export function errorAnswer(encoding: Encoding, httpStatus: number, message: string): ExportAnswer {
  const code = CODES[httpStatus] ?? UNKNOWN_CODE;
  if (encoding === "json") return json({ code, message });
  return binary(new protobuf.Writer().uint32(0x08).int32(code).uint32(0x12).string(message));
}

function json(value: unknown): ExportAnswer {
  return { contentType: "application/json", body: new TextEncoder().encode(JSON.stringify(value)) };
}

function binary(writer: protobuf.Writer): ExportAnswer {
  return { contentType: "application/x-protobuf", body: new Uint8Array(writer.finish()) };
}
