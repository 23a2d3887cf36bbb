// What does a protobuf export request say? Field numbers: github.com/open-telemetry/opentelemetry-proto, v1.11.0.

import { DecodeBudget } from "./decode-budget.ts";
import { endOfMessage, readAnyValue, readAttribute, readBody, readHex, readMessage, readMicroseconds, readText, type Reader } from "./protobuf-values.ts";
import { emptyLogRecord, emptySpan, type RawEvent, type RawLogRecord, type RawResourceLogs, type RawResourceSpans, type RawSpan } from "./resource-spans.ts";
import type { Attributes } from "./set-own.ts";

/** ExportTraceServiceRequest. Throws `MalformedTelemetry`. */
export function decodeTracesProtobuf(bytes: Uint8Array): RawResourceSpans[] {
  const budget = new DecodeBudget();
  return readBody(bytes, (reader) =>
    readScopes(reader, budget, (end) => readSpan(reader, end, budget)).map(({ resource, scope, items }) => ({ resource, scope, spans: items })),
  );
}

/** ExportLogsServiceRequest. Throws `MalformedTelemetry`. */
export function decodeLogsProtobuf(bytes: Uint8Array): RawResourceLogs[] {
  const budget = new DecodeBudget();
  return readBody(bytes, (reader) =>
    readScopes(reader, budget, (end) => readLogRecord(reader, end, budget)).map(({ resource, scope, items }) => ({ resource, scope, records: items })),
  );
}

/** The number of data points of an ExportMetricsServiceRequest. Throws `MalformedTelemetry`. */
export function countMetricsProtobuf(bytes: Uint8Array): number {
  const budget = new DecodeBudget();
  return readBody(bytes, (reader) =>
    readScopes(reader, budget, (end) => countDataPoints(reader, end)).reduce((sum, { items }) => sum + items.reduce((points, more) => points + more, 0), 0),
  );
}

interface Scope<Item> {
  resource: Attributes;
  scope: string;
  items: Item[];
}

/** Traces, logs and metrics nest alike: request 1 → resource 1, scopes 2 → scope 1, items 2. */
function readScopes<Item>(reader: Reader, budget: DecodeBudget, readItem: (outerEnd: number) => Item): Scope<Item>[] {
  const scopes: Scope<Item>[] = [];
  readMessage(reader, reader.len, (tag, end) => {
    if (tag !== 0x0a) return false;
    // The resource may follow the spans it belongs to, so it is filled in place.
    const resource: Attributes = {};
    readMessage(reader, endOfMessage(reader, end), (tag, end) => {
      if (tag === 0x0a) readAttributesOfField(reader, end, 0x0a, resource, budget);
      else if (tag === 0x12) scopes.push(readScope(reader, end, resource, budget, readItem));
      else return false;
      return true;
    });
    return true;
  });
  return scopes;
}

function readScope<Item>(reader: Reader, outerEnd: number, resource: Attributes, budget: DecodeBudget, readItem: (outerEnd: number) => Item): Scope<Item> {
  const result: Scope<Item> = { resource, scope: "", items: [] };
  budget.spendRecord();
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (tag === 0x0a) result.scope = readScopeName(reader, end);
    else if (tag === 0x12) {
      budget.spendRecord();
      result.items.push(readItem(end));
    } else return false;
    return true;
  });
  return result;
}

function readAttributesOfField(reader: Reader, outerEnd: number, attributeTag: number, attributes: Attributes, budget: DecodeBudget): void {
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (tag !== attributeTag) return false;
    readAttribute(reader, end, attributes, budget);
    return true;
  });
}

function readScopeName(reader: Reader, outerEnd: number): string {
  let name = "";
  readMessage(reader, endOfMessage(reader, outerEnd), (tag) => {
    if (tag !== 0x0a) return false;
    name = readText(reader);
    return true;
  });
  return name;
}

function readSpan(reader: Reader, outerEnd: number, budget: DecodeBudget): RawSpan {
  const span = emptySpan();
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    switch (tag) {
      case 0x0a: // trace_id
        span.traceId = readHex(reader);
        return true;
      case 0x12: // span_id
        span.spanId = readHex(reader);
        return true;
      case 0x22: // parent_span_id
        span.parentSpanId = readHex(reader);
        return true;
      case 0x2a: // name
        span.name = readText(reader);
        return true;
      case 0x30: // kind
        span.kind = reader.int32();
        return true;
      case 0x39: // start_time_unix_nano
        span.startUs = readMicroseconds(reader);
        return true;
      case 0x41: // end_time_unix_nano
        span.endUs = readMicroseconds(reader);
        return true;
      case 0x4a: // attributes
        readAttribute(reader, end, span.attributes, budget);
        return true;
      case 0x5a: // events
        span.events.push(readEvent(reader, end, budget));
        return true;
      case 0x7a: // status
        readStatus(reader, end, span);
        return true;
      default:
        return false;
    }
  });
  return span;
}

function readEvent(reader: Reader, outerEnd: number, budget: DecodeBudget): RawEvent {
  budget.spendPiece();
  const event: RawEvent = { name: "", atUs: 0, attributes: {} };
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (tag === 0x09) event.atUs = readMicroseconds(reader);
    else if (tag === 0x12) event.name = readText(reader);
    else if (tag === 0x1a) readAttribute(reader, end, event.attributes, budget);
    else return false;
    return true;
  });
  return event;
}

function readStatus(reader: Reader, outerEnd: number, span: RawSpan): void {
  readMessage(reader, endOfMessage(reader, outerEnd), (tag) => {
    if (tag === 0x12) span.statusMessage = readText(reader);
    else if (tag === 0x18) span.statusCode = reader.int32();
    else return false;
    return true;
  });
}

function readLogRecord(reader: Reader, outerEnd: number, budget: DecodeBudget): RawLogRecord {
  const record = emptyLogRecord();
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    switch (tag) {
      case 0x09: // time_unix_nano
        record.atUs = readMicroseconds(reader);
        return true;
      case 0x2a: // body
        record.body = readAnyValue(reader, end, budget, 0);
        return true;
      case 0x32: // attributes
        readAttribute(reader, end, record.attributes, budget);
        return true;
      case 0x4a: // trace_id
        record.traceId = readHex(reader);
        return true;
      case 0x52: // span_id
        record.spanId = readHex(reader);
        return true;
      case 0x59: // observed_time_unix_nano
        record.observedUs = readMicroseconds(reader);
        return true;
      case 0x62: // event_name
        record.eventName = readText(reader);
        return true;
      default:
        return false;
    }
  });
  return record;
}

// gauge, sum, histogram, exponential histogram, summary
const DATA_TAGS = new Set([0x2a, 0x3a, 0x4a, 0x52, 0x5a]);

function countDataPoints(reader: Reader, outerEnd: number): number {
  let points = 0;
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (!DATA_TAGS.has(tag)) return false;
    readMessage(reader, endOfMessage(reader, end), (tag) => {
      if (tag === 0x0a) points++;
      return false;
    });
    return true;
  });
  return points;
}
