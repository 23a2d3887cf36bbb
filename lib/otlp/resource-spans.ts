// What do both encodings of OTLP decode to?

import type { Attributes } from "./set-own.ts";

export interface RawEvent {
  name: string;
  atUs: number;
  attributes: Attributes;
}

/** Ids are lower case hex as they came, of any length, empty where missing. Times are whole microseconds since 1970, 0 where missing. */
export interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** OTLP `SpanKind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startUs: number;
  endUs: number;
  attributes: Attributes;
  events: RawEvent[];
  /** OTLP `StatusCode`: 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
}

/** The spans of one scope of one resource. */
export interface RawResourceSpans {
  resource: Attributes;
  scope: string;
  spans: RawSpan[];
}

export interface RawLogRecord {
  traceId: string;
  spanId: string;
  eventName: string;
  atUs: number;
  observedUs: number;
  body: unknown;
  attributes: Attributes;
}

export interface RawResourceLogs {
  resource: Attributes;
  scope: string;
  records: RawLogRecord[];
}

export function emptySpan(): RawSpan {
  return {
    traceId: "", spanId: "", parentSpanId: "", name: "", kind: 0, startUs: 0, endUs: 0, attributes: {}, events: [], statusCode: 0, statusMessage: "",
  };
}

export function emptyLogRecord(): RawLogRecord {
  return { traceId: "", spanId: "", eventName: "", atUs: 0, observedUs: 0, body: null, attributes: {} };
}
