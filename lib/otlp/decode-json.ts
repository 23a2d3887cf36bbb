// What does a JSON export request say? The rules are those of OTLP/JSON: hex ids, enums as numbers, 64-bit integers as text or number.

import { checkDepth, DecodeBudget } from "./decode-budget.ts";
import { atOnce, type Steps } from "./in-steps.ts";
import { areBytesDeeperThan, isRecord } from "./json-content.ts";
import { MalformedTelemetry } from "./malformed-telemetry.ts";
import { emptyLogRecord, emptySpan, type RawEvent, type RawLogRecord, type RawResourceLogs, type RawResourceSpans, type RawSpan } from "./resource-spans.ts";
import { setOwn, type Attributes } from "./set-own.ts";
import { storableText } from "./storable-text.ts";

// One level of an attribute value is up to five levels of JSON, and some twenty lead to it.
const MAX_BODY_DEPTH = 256;

const SPANS_PER_STEP = 200;

/** ExportTraceServiceRequest. Throws `MalformedTelemetry`. */
export function* decodeTracesJson(bytes: Uint8Array): Steps<RawResourceSpans[]> {
  const budget = new DecodeBudget();
  const decoded: RawResourceSpans[] = [];
  for (const { resource, scope, items } of scopesIn(yield* parseInSteps(bytes), ["resourceSpans", "scopeSpans", "spans"], budget)) {
    const spans: RawSpan[] = [];
    for (const item of items) if (spans.push(spanOf(item, budget)) % SPANS_PER_STEP === 0) yield;
    decoded.push({ resource, scope, spans });
  }
  return decoded;
}

/** ExportLogsServiceRequest. Throws `MalformedTelemetry`. */
export function decodeLogsJson(bytes: Uint8Array): RawResourceLogs[] {
  const budget = new DecodeBudget();
  return scopesIn(parseJsonBody(bytes), ["resourceLogs", "scopeLogs", "logRecords"], budget).map(({ resource, scope, items }) => ({
    resource, scope, records: items.map((item) => logRecordOf(item, budget)),
  }));
}

/** The number of data points of an ExportMetricsServiceRequest. Throws `MalformedTelemetry`. */
export function countMetricsJson(bytes: Uint8Array): number {
  const scopes = scopesIn(parseJsonBody(bytes), ["resourceMetrics", "scopeMetrics", "metrics"], new DecodeBudget());
  const kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
  let points = 0;
  for (const metric of scopes.flatMap(({ items }) => items)) {
    for (const kind of kinds) points += listIn(recordIn(metric, kind), "dataPoints").length;
  }
  return points;
}

/** Any JSON object of bounded depth. Throws `MalformedTelemetry`. */
export function parseJsonBody(bytes: Uint8Array): Attributes {
  checkBodyDepth(bytes);
  return atOnce(parseInSteps(bytes));
}

function checkBodyDepth(bytes: Uint8Array): void {
  if (areBytesDeeperThan(bytes, MAX_BODY_DEPTH)) throw new MalformedTelemetry(`The JSON body is nested deeper than ${MAX_BODY_DEPTH} levels.`);
}

const SMALL_BYTES = 1024 * 1024;

/** The depth of a small body is not looked at: parsing even a megabyte of brackets takes a tenth of a second, and no reader of spans goes deeper than `checkDepth` lets it. */
function* parseInSteps(bytes: Uint8Array): Steps<Attributes> {
  const isLarge = bytes.length > SMALL_BYTES;
  let body: unknown;
  try {
    if (isLarge) checkBodyDepth(bytes);
    if (isLarge) yield;
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (isLarge) yield;
    body = JSON.parse(text);
    if (isLarge) yield;
  } catch (error) {
    if (error instanceof MalformedTelemetry) throw error;
    // The parser's own message quotes the body.
    throw new MalformedTelemetry("The body is not JSON.");
  }
  if (!isRecord(body)) throw new MalformedTelemetry("The JSON body is not an object.");
  return body;
}

interface Scope {
  resource: Attributes;
  scope: string;
  items: Attributes[];
}

function scopesIn(body: Attributes, [resources, scopes, items]: readonly [string, string, string], budget: DecodeBudget): Scope[] {
  return listIn(body, resources).flatMap((resourceItem) => {
    const resource = attributesIn(recordIn(resourceItem, "resource"), budget);
    return listIn(resourceItem, scopes).map((scopeItem) => ({
      resource, scope: textIn(recordIn(scopeItem, "scope"), "name"), items: listIn(scopeItem, items),
    }));
  });
}

function spanOf(item: Attributes, budget: DecodeBudget): RawSpan {
  budget.spendRecord();
  const status = recordIn(item, "status");
  return {
    ...emptySpan(),
    traceId: textIn(item, "traceId").toLowerCase(),
    spanId: textIn(item, "spanId").toLowerCase(),
    parentSpanId: textIn(item, "parentSpanId").toLowerCase(),
    name: textIn(item, "name"),
    kind: enumIn(item, "kind", SPAN_KINDS),
    startUs: microsecondsIn(item, "startTimeUnixNano"),
    endUs: microsecondsIn(item, "endTimeUnixNano"),
    attributes: attributesIn(item, budget),
    events: listIn(item, "events").map((event) => eventOf(event, budget)),
    statusCode: enumIn(status, "code", STATUS_CODES),
    statusMessage: textIn(status, "message"),
  };
}

function eventOf(item: Attributes, budget: DecodeBudget): RawEvent {
  budget.spendPiece();
  return { name: textIn(item, "name"), atUs: microsecondsIn(item, "timeUnixNano"), attributes: attributesIn(item, budget) };
}

function logRecordOf(item: Attributes, budget: DecodeBudget): RawLogRecord {
  budget.spendRecord();
  return {
    ...emptyLogRecord(),
    traceId: textIn(item, "traceId").toLowerCase(),
    spanId: textIn(item, "spanId").toLowerCase(),
    eventName: textIn(item, "eventName"),
    atUs: microsecondsIn(item, "timeUnixNano"),
    observedUs: microsecondsIn(item, "observedTimeUnixNano"),
    body: anyValueOf(recordIn(item, "body"), budget, 0),
    attributes: attributesIn(item, budget),
  };
}

function attributesIn(item: Attributes, budget: DecodeBudget): Attributes {
  const attributes: Attributes = {};
  for (const entry of listIn(item, "attributes")) addEntry(attributes, entry, budget, 0);
  return attributes;
}

function addEntry(target: Attributes, entry: Attributes, budget: DecodeBudget, depth: number): void {
  budget.spendPiece();
  setOwn(target, textIn(entry, "key"), anyValueOf(recordIn(entry, "value"), budget, depth));
}

/** An OTLP `AnyValue` as plain JSON, equal to what the protobuf form of it decodes to. */
function anyValueOf(value: Attributes, budget: DecodeBudget, depth: number): unknown {
  checkDepth(depth);
  budget.spendPiece();
  if (isThere(value["stringValue"])) return textIn(value, "stringValue");
  if (isThere(value["intValue"])) return integerOf(value["intValue"]);
  if (isThere(value["boolValue"])) return booleanOf(value["boolValue"]);
  if (isThere(value["doubleValue"])) return doubleOf(value["doubleValue"]);
  if (isThere(value["arrayValue"])) return listIn(recordIn(value, "arrayValue"), "values").map((item) => anyValueOf(item, budget, depth + 1));
  if (isThere(value["kvlistValue"])) {
    const entries: Attributes = {};
    for (const entry of listIn(recordIn(value, "kvlistValue"), "values")) addEntry(entries, entry, budget, depth + 1);
    return entries;
  }
  if (isThere(value["bytesValue"])) return base64Of(value["bytesValue"]);
  return null;
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

function wrong(what: string): MalformedTelemetry {
  return new MalformedTelemetry(`The JSON body is not an export request: ${what}.`);
}

const NOTHING: Attributes = Object.freeze({});

function recordIn(parent: Attributes, key: string): Attributes {
  const value = parent[key];
  if (!isThere(value)) return NOTHING;
  if (!isRecord(value)) throw wrong(`${key} is not an object`);
  return value;
}

function listIn(parent: Attributes, key: string): Attributes[] {
  const value = parent[key];
  if (!isThere(value)) return [];
  if (!Array.isArray(value)) throw wrong(`${key} is not a list`);
  const items: unknown[] = value;
  if (!items.every(isRecord)) throw wrong(`${key} holds something else than objects`);
  return items;
}

function textIn(parent: Attributes, key: string): string {
  const value = parent[key];
  if (!isThere(value)) return "";
  if (typeof value !== "string") throw wrong(`${key} is not text`);
  return storableText(value);
}

const SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map((name) => `SPAN_KIND_${name}`);
const STATUS_CODES = ["UNSET", "OK", "ERROR"].map((name) => `STATUS_CODE_${name}`);

/** The standard asks for numbers; generic protobuf libraries write the names. */
function enumIn(parent: Attributes, key: string, names: readonly string[]): number {
  const value = parent[key];
  if (!isThere(value)) return 0;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  const number = typeof value === "string" ? names.indexOf(value) : -1;
  if (number < 0) throw wrong(`${key} is not a number`);
  return number;
}

function microsecondsIn(parent: Attributes, key: string): number {
  const value = parent[key];
  if (!isThere(value)) return 0;
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return Number(value.slice(0, -3));
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return Math.floor(value / 1_000);
  throw wrong(`${key} is not a time in nanoseconds`);
}

function integerOf(value: unknown): number | string {
  if (typeof value === "number" && Number.isInteger(value)) return Number.isSafeInteger(value) ? value : BigInt(value).toString();
  if (typeof value !== "string" || !/^-?\d{1,19}$/.test(value)) throw wrong("intValue is not an integer");
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value).toString();
}

function booleanOf(value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong("boolValue is not true or false");
  return value;
}

function doubleOf(value: unknown): number | string {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return value;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw wrong("doubleValue is not a number");
  return Number.isFinite(number) ? number : String(number);
}

function base64Of(value: unknown): string {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) throw wrong("bytesValue is not base64");
  return Buffer.from(value, "base64").toString("base64");
}
