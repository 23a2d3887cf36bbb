import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { countMetrics, decodeLogs, decodeTraces, type Encoding } from "./decode-export.ts";
import { MalformedTelemetry } from "./malformed-telemetry.ts";
import { emptySpan, type RawResourceSpans, type RawSpan } from "./resource-spans.ts";
import { spansOf } from "./spans-of.ts";

const SAMPLES = path.resolve("../shared/data/otlp");
const hasSamples = fs.existsSync(SAMPLES);
const sampleNames = hasSamples ? fs.readdirSync(SAMPLES) : [];
const sample = (name: string): Uint8Array => fs.readFileSync(path.join(SAMPLES, name));

// An independent decoder: the messages of opentelemetry-proto v1.11.0 in protobufjs's own reflection.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message TracesData { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message LogsData { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; }
  message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6;
    uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12; }
  message MetricsData { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; }
  message Metric { string name = 1; Points gauge = 5; Points sum = 7; Points histogram = 9; Points exponential_histogram = 10; Points summary = 11; }
  message Points { repeated Point data_points = 1; }
  message Point { fixed64 time_unix_nano = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message InstrumentationScope { string name = 1; string version = 2; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
    repeated Event events = 11; Status status = 15; fixed32 flags = 16; }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
`);
const TracesData = root.lookupType("TracesData");
const LogsData = root.lookupType("LogsData");
const MetricsData = root.lookupType("MetricsData");

type Json = Record<string, unknown>;
const list = (value: unknown): Json[] => (value ?? []) as Json[];
const micros = (nanos: unknown): number => Number(BigInt(String(nanos ?? 0)) / 1000n);
const hex = (base64: unknown): string => Buffer.from(String(base64 ?? ""), "base64").toString("hex");

function plain(value: Json | undefined): unknown {
  if (value === undefined) return null;
  if ("intValue" in value) return Number.isSafeInteger(Number(value["intValue"])) ? Number(value["intValue"]) : String(value["intValue"]);
  if ("arrayValue" in value) return list((value["arrayValue"] as Json)["values"]).map(plain);
  if ("kvlistValue" in value) return attributes(list((value["kvlistValue"] as Json)["values"]));
  for (const key of ["stringValue", "boolValue", "doubleValue", "bytesValue"]) if (key in value) return value[key];
  return null;
}

const attributes = (entries: Json[]): Json =>
  Object.fromEntries(entries.map((entry) => [String(entry["key"] ?? ""), plain(entry["value"] as Json | undefined)]));

function decodeByReflection(bytes: Uint8Array): RawResourceSpans[] {
  const message = TracesData.toObject(TracesData.decode(bytes), { longs: String, bytes: String });
  return list(message["resourceSpans"]).flatMap((resourceSpans) =>
    list(resourceSpans["scopeSpans"]).map((scopeSpans) => ({
      resource: attributes(list((resourceSpans["resource"] as Json | undefined)?.["attributes"])),
      scope: String((scopeSpans["scope"] as Json | undefined)?.["name"] ?? ""),
      spans: list(scopeSpans["spans"]).map((span): RawSpan => ({
        traceId: hex(span["traceId"]), spanId: hex(span["spanId"]), parentSpanId: hex(span["parentSpanId"]), name: String(span["name"] ?? ""),
        kind: Number(span["kind"] ?? 0), startUs: micros(span["startTimeUnixNano"]), endUs: micros(span["endTimeUnixNano"]),
        attributes: attributes(list(span["attributes"])),
        events: list(span["events"]).map((event) => ({
          name: String(event["name"] ?? ""), atUs: micros(event["timeUnixNano"]), attributes: attributes(list(event["attributes"])),
        })),
        statusCode: Number((span["status"] as Json | undefined)?.["code"] ?? 0),
        statusMessage: String((span["status"] as Json | undefined)?.["message"] ?? ""),
      })),
    })),
  );
}

const text = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
/** The form that the reflection encodes: ids as base64, and doubles as numbers, since protobuf has no text for them. */
function reflective(body: unknown, key = ""): unknown {
  if (/^(trace|span|parentSpan)Id$/.test(key)) return Buffer.from(String(body), "hex").toString("base64");
  if (key === "doubleValue") return Number(body);
  if (Array.isArray(body)) return body.map((item) => reflective(item));
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, reflective(value, name)]));
}
const encodeTraces = (body: unknown): Uint8Array => TracesData.encode(TracesData.fromObject(reflective(body) as Json)).finish();
const jsonOf = (span: Json): Json => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
const withValue = (value: unknown): Json => jsonOf({ attributes: [{ key: "a", value }] });
const valueOf = (body: unknown): unknown => decodeTraces(text(body), "json")[0]?.spans[0]?.attributes["a"];

describe("both encodings", () => {
  const values: [string, unknown, unknown][] = [
    ["text", { stringValue: "Grüße 🎉" }, "Grüße 🎉"],
    ["empty text", { stringValue: "" }, ""],
    ["truth", { boolValue: true }, true],
    ["falsehood", { boolValue: false }, false],
    ["integer as number", { intValue: 42 }, 42],
    ["integer as text", { intValue: "42" }, 42],
    ["negative integer", { intValue: "-7" }, -7],
    ["zero", { intValue: 0 }, 0],
    ["largest safe integer", { intValue: "9007199254740991" }, 9007199254740991],
    ["integer beyond safe", { intValue: "9223372036854775807" }, "9223372036854775807"],
    ["smallest integer", { intValue: "-9223372036854775808" }, "-9223372036854775808"],
    ["double", { doubleValue: 0.1 }, 0.1],
    ["not a number", { doubleValue: "NaN" }, "NaN"],
    ["infinite", { doubleValue: "-Infinity" }, "-Infinity"],
    ["bytes", { bytesValue: "AQID" }, "AQID"],
    ["list", { arrayValue: { values: [{ intValue: 1 }, { stringValue: "b" }, {}] } }, [1, "b", null]],
    ["empty list", { arrayValue: {} }, []],
    ["map", { kvlistValue: { values: [{ key: "x", value: { kvlistValue: { values: [{ key: "y", value: { intValue: 1 } }] } } }] } }, { x: { y: 1 } }],
    ["nothing", {}, null],
  ];
  it.each(values)("read an attribute value alike: %s", (_, value, expected) => {
    const body = withValue(value);
    expect(valueOf(body)).toEqual(expected);
    expect(decodeTraces(encodeTraces(body), "protobuf")).toEqual(decodeTraces(text(body), "json"));
  });

  it("read every field of a span alike", () => {
    const body = {
      resourceSpans: [{
        resource: { attributes: [{ key: "service.name", value: { stringValue: "s" } }] },
        scopeSpans: [{ scope: { name: "scope", version: "1" }, spans: [{
          traceId: "0AF7651916CD43DD8448EB211C80319C", spanId: "B7AD6B7169203331", parentSpanId: "00F067AA0BA902B7", name: "n", kind: 3,
          startTimeUnixNano: "1795219386917000999", endTimeUnixNano: "1795219386926449185",
          attributes: [{ key: "k", value: { stringValue: "v" } }],
          events: [{ name: "e", timeUnixNano: "1795219386926449185", attributes: [{ key: "x", value: { intValue: 1 } }] }],
          status: { code: 2, message: "broken" }, flags: 257, droppedAttributesCount: 3, unknownField: { deep: [[]] },
        }] }],
      }],
    };
    const [decoded] = decodeTraces(text(body), "json");
    expect(decoded).toEqual({
      resource: { "service.name": "s" }, scope: "scope",
      spans: [{
        traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", parentSpanId: "00f067aa0ba902b7", name: "n", kind: 3,
        startUs: 1795219386917000, endUs: 1795219386926449, attributes: { k: "v" }, events: [{ name: "e", atUs: 1795219386926449, attributes: { x: 1 } }],
        statusCode: 2, statusMessage: "broken",
      }],
    });
    expect(decodeTraces(encodeTraces(body), "protobuf")).toEqual([decoded]);
  });

  it("read log records alike", () => {
    const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{
      traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", eventName: "gen_ai.choice", timeUnixNano: "1795219386917000999",
      observedTimeUnixNano: "1795219386926449185", severityText: "INFO", body: { kvlistValue: { values: [{ key: "content", value: { stringValue: "hi" } }] } },
      attributes: [{ key: "a", value: { boolValue: true } }],
    }] }] }] };
    const decoded = decodeLogs(text(body), "json");
    expect(decoded).toEqual([{ resource: {}, scope: "", records: [{
      traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", eventName: "gen_ai.choice", atUs: 1795219386917000, observedUs: 1795219386926449,
      body: { content: "hi" }, attributes: { a: true },
    }] }]);
    expect(decodeLogs(LogsData.encode(LogsData.fromObject(reflective(body) as Json)).finish(), "protobuf")).toEqual(decoded);
  });

  it("count data points of every kind of metric", () => {
    const points = (count: number): Json => ({ dataPoints: Array.from({ length: count }, () => ({ timeUnixNano: 1 })) });
    const body = { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics: [
      { name: "a", gauge: points(1) }, { name: "b", sum: points(2) }, { name: "c", histogram: points(3) }, { name: "d", exponentialHistogram: points(4) },
      { name: "e", summary: points(5) }, { name: "f" },
    ] }] }] };
    expect(countMetrics(text(body), "json")).toBe(15);
    expect(countMetrics(MetricsData.encode(MetricsData.fromObject(body)).finish(), "protobuf")).toBe(15);
  });

  it("take an empty request for what it is", () => {
    expect(decodeTraces(new Uint8Array(), "protobuf")).toEqual([]);
    expect(decodeTraces(text("{}"), "json")).toEqual([]);
    expect(countMetrics(new Uint8Array(), "protobuf")).toBe(0);
  });

  it("replace what PostgreSQL cannot store", () => {
    expect(valueOf(withValue({ stringValue: "a\0b\ud800c" }))).toBe("a\uFFFDb\uFFFDc");
    expect(decodeTraces(encodeTraces(withValue({ stringValue: "a\0b" })), "protobuf")[0]?.spans[0]?.attributes["a"]).toBe("a\uFFFDb");
  });

  it("keep a key called __proto__ harmless", () => {
    const body = jsonOf({ attributes: [
      { key: "__proto__", value: { kvlistValue: { values: [{ key: "polluted", value: { boolValue: true } }] } } },
      { key: "constructor", value: { stringValue: "c" } },
    ] });
    for (const decoded of [decodeTraces(text(body), "json"), decodeTraces(encodeTraces(body), "protobuf")]) {
      const found = decoded[0]!.spans[0]!.attributes;
      expect(Object.keys(found)).toEqual(["__proto__", "constructor"]);
      expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
      expect("polluted" in {}).toBe(false);
      expect(found["polluted"]).toBeUndefined();
    }
    expect(decodeTraces(text('{"__proto__": {"resourceSpans": [{"scopeSpans": [{}]}]}}'), "json")).toEqual([]);
  });

  const nested = (depth: number): Json => {
    let value: Json = { stringValue: "core" };
    for (let level = 0; level < depth; level++) value = level % 2 ? { arrayValue: { values: [value] } } : { kvlistValue: { values: [{ key: "k", value }] } };
    return value;
  };
  it("allow values of 32 levels and no more", () => {
    for (const [encoding, encode] of [["json", text], ["protobuf", encodeTraces]] as const) {
      expect(decodeTraces(encode(withValue(nested(32))), encoding)).toHaveLength(1);
      expect(() => decodeTraces(encode(withValue(nested(33))), encoding)).toThrow(MalformedTelemetry);
    }
  });

  it("refuse a small body that unfolds to very much", () => {
    const empties = Buffer.alloc(400_000, Buffer.from([0x12, 0x00]));
    const frame = (tag: number, inner: Uint8Array): Uint8Array => new protobuf.Writer().uint32(tag).bytes(inner).finish();
    expect(() => decodeTraces(frame(0x0a, frame(0x12, empties)), "protobuf")).toThrow(/too many/);
    expect(() => decodeTraces(text({ resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 200_000 }, () => ({})) }] }] }), "json")).toThrow(/too many/);
  });
});

describe("malformed JSON", () => {
  const id = "secret-payload";
  const cases: [string, unknown][] = [
    ["no JSON", `{"${id}`], ["a list", [id]], ["nothing", ""], ["null", "null"], ["text", JSON.stringify(id)],
    ["resourceSpans no list", { resourceSpans: id }], ["a span that is text", { resourceSpans: [{ scopeSpans: [{ spans: [id] }] }] }],
    ["resource a list", { resourceSpans: [{ resource: [id] }] }], ["trace id a number", jsonOf({ traceId: 5 })], ["kind unknown", jsonOf({ kind: id })],
    ["kind a fraction", jsonOf({ kind: 1.5 })], ["time a word", jsonOf({ startTimeUnixNano: id })], ["time negative", jsonOf({ startTimeUnixNano: -1 })],
    ["time a fraction", jsonOf({ endTimeUnixNano: 1.5 })], ["attributes an object", jsonOf({ attributes: { [id]: 1 } })], ["key a number", jsonOf({ attributes: [{ key: 1 }] })],
    ["value text", withValue(id)], ["stringValue a number", withValue({ stringValue: 1 })], ["intValue a fraction", withValue({ intValue: 1.5 })],
    ["intValue a word", withValue({ intValue: id })], ["boolValue text", withValue({ boolValue: "true" })], ["doubleValue a word", withValue({ doubleValue: id })],
    ["bytesValue no base64", withValue({ bytesValue: "§§" })], ["arrayValue a list", withValue({ arrayValue: [] })], ["events text", jsonOf({ events: id })],
    ["status text", jsonOf({ status: id })], ["very deep", `{"x":${"[".repeat(100_000)}`], ["very deep, complete and large", `{"x":${"[".repeat(600_000)}${"]".repeat(600_000)}}`],
    ["very deep, in a value", withValue(Array.from({ length: 300 }).reduce<unknown>((value) => ({ arrayValue: { values: [value] } }), { intValue: 1 }))],
  ];
  it("is no matter where nobody reads it, if the body is small", () => {
    expect(decodeTraces(text(`{"x":${"[".repeat(5_000)}${"]".repeat(5_000)},"resourceSpans":[]}`), "json")).toEqual([]);
  });

  it.each(cases)("is refused without a word of it: %s", (_, body) => {
    const decode = (): unknown => decodeTraces(text(body), "json");
    expect(decode).toThrow(MalformedTelemetry);
    expect(decode).not.toThrow(id);
  });
  it("includes text that is not UTF-8", () => expect(() => decodeTraces(Uint8Array.of(0x22, 0xff, 0x22), "json")).toThrow(MalformedTelemetry));
  it("does not include the enum names that generic libraries write", () => {
    const span = decodeTraces(text(jsonOf({ kind: "SPAN_KIND_CLIENT", status: { code: "STATUS_CODE_ERROR" } })), "json")[0]?.spans[0];
    expect(span).toEqual({ ...emptySpan(), kind: 3, statusCode: 2 });
  });
  it("does not include null for what is missing", () =>
    expect(decodeTraces(text(jsonOf({ parentSpanId: null, attributes: null, status: null, events: null })), "json")[0]?.spans).toEqual([emptySpan()]));
});

describe("malformed protobuf", () => {
  it.each<[string, number[]]>([
    ["cut off", [0x0a, 0x05, 0x01]], ["a length beyond the message around it", [0x0a, 0x02, 0x12, 0x7f]], ["field number 0", [0x00, 0x00]],
    ["an endless varint", [0x08, ...Array.from({ length: 12 }, () => 0xff)]], ["the end of a group", [0x0c]], ["a wire type that is none", [0x0e]],
    ["a span whose name reaches beyond it", [0x0a, 0x07, 0x12, 0x05, 0x12, 0x02, 0x2a, 0x04, 0x41]], ["a huge length", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("is refused: %s", (_, bytes) => {
    expect(() => decodeTraces(Uint8Array.from(bytes), "protobuf")).toThrow(MalformedTelemetry);
  });
});

const seed = encodeTraces({ resourceSpans: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: "agent" } }] }, scopeSpans: [{ spans: [{
  traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "chat", kind: 3, startTimeUnixNano: "1795219386917000000",
  attributes: [{ key: "a", value: { kvlistValue: { values: [{ key: "b", value: { arrayValue: { values: [{ intValue: 1 }, { doubleValue: 2.5 }] } } }] } } }],
  events: [{ name: "exception" }], status: { code: 2, message: "m" },
}] }] }] });

function mutated(body: Uint8Array, ways = ["set", "insert", "remove", "cut"]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(body.length), byte: fc.nat(255), how: fc.constantFrom(...ways) });
  return fc.array(change, { minLength: 1, maxLength: ways.length }).map((changes) =>
    changes.reduce<Uint8Array>((bytes, { at, byte, how }) => {
      if (how === "cut") return bytes.slice(0, at);
      return Buffer.concat([bytes.slice(0, at), how === "remove" ? Buffer.of() : Buffer.of(byte), bytes.slice(how === "insert" ? at : at + 1)]);
    }, body),
  );
}

/** What comes out, or that it was refused; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array, encoding: Encoding): RawResourceSpans[] | "refused" {
  try {
    const decoded = decodeTraces(bytes, encoding);
    spansOf(decoded, new Date("2026-11-22T00:00:00Z"));
    return decoded;
  } catch (error) {
    if (error instanceof MalformedTelemetry) return "refused";
    throw error;
  }
}

describe("any bytes", () => {
  it("are decoded or refused as protobuf", () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated(seed)), (bytes) => void expect(outcome(bytes, "protobuf")).toBeDefined()), { numRuns: 3_000 });
  });

  it("never mean something else than another decoder reads", () => {
    let compared = 0;
    fc.assert(
      fc.property(mutated(seed, ["set"]), (bytes) => {
        const ours = outcome(bytes, "protobuf");
        if (ours === "refused") return;
        let theirs: RawResourceSpans[];
        try {
          theirs = decodeByReflection(bytes);
        } catch {
          return;
        }
        // What we replace on purpose differs, and times after the year 2255 are not exact.
        const comparable = (spans: unknown): string =>
          JSON.stringify(spans, (_, value: unknown) => (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER ? "huge" : value))
            .replaceAll("\\u0000", "\uFFFD").replaceAll(/"(?:NaN|-?Infinity)"/g, "null");
        compared++;
        expect(comparable(ours)).toBe(comparable(theirs));
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  const jsonBody = text(jsonOf({ traceId: "0af7651916cd43dd8448eb211c80319c", attributes: [{ key: "gen_ai.input.messages", value: { stringValue: '[{"role":"system"}]' } }] }));
  it("are decoded or refused as JSON", () => {
    fc.assert(fc.property(fc.oneof(fc.json().map(text), mutated(jsonBody)), (bytes) => void expect(outcome(bytes, "json")).toBeDefined()), { numRuns: 3_000 });
  });

  it("of any JSON types in any place are decoded or refused", () => {
    const any = fc.jsonValue();
    const bodies = fc.record({ traceId: any, kind: any, attributes: fc.oneof(any, fc.array(fc.record({ key: fc.oneof(fc.string(), any), value: fc.oneof(any, fc.record({ stringValue: any, intValue: any, kvlistValue: any }, { requiredKeys: [] })) }))), events: any, status: any }, { requiredKeys: [] });
    fc.assert(fc.property(bodies, (span) => void expect(outcome(text(jsonOf(span)), "json")).toBeDefined()), { numRuns: 2_000 });
  });
});

describe.skipIf(!hasSamples)("real bodies", () => {
  it.each(sampleNames.filter((name) => name.endsWith(".bin") && name.includes("traces")))("%s says what another decoder reads", (name) => {
    const decoded = decodeTraces(sample(name), "protobuf");
    expect(decoded).toEqual(decodeByReflection(sample(name)));
    expect(decoded.length).toBeGreaterThan(0);
  });

  it.each(sampleNames.filter((name) => name.endsWith(".traces.1.json")))("%s says the same as protobuf", (name) => {
    const body = JSON.parse(Buffer.from(sample(name)).toString("utf8")) as Json;
    expect(decodeTraces(encodeTraces(body), "protobuf")).toEqual(decodeTraces(sample(name), "json"));
  });

  it.each([["aisdk7-genai-ok", 2], ["envonly", 1], ["otel-instrumentation-openai-json", 3]])("the metrics of %s are counted", (name, points) => {
    expect(countMetrics(sample(`${name}.metrics.1.bin`), "protobuf")).toBe(points);
  });

  it("survive any damage", () => {
    const body = sample("openai-agents-openinference-ok-proto.traces.1.bin");
    fc.assert(fc.property(mutated(body), (bytes) => void expect(outcome(bytes, "protobuf")).toBeDefined()), { numRuns: 1_500 });
  });
});
