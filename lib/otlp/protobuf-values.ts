// How are the pieces read that all protobuf telemetry is made of: messages, times, ids, attributes and their values?

import protobuf from "protobufjs/minimal.js";
import { checkDepth, type DecodeBudget } from "./decode-budget.ts";
import { MalformedTelemetry } from "./malformed-telemetry.ts";
import { setOwn, type Attributes } from "./set-own.ts";
import { storableText } from "./storable-text.ts";

export type Reader = protobuf.Reader;

/** Reads a whole body. Only what the reader itself throws at bad bytes becomes `MalformedTelemetry`; a fault of ours stays one. */
export function readBody<Result>(bytes: Uint8Array, read: (reader: Reader) => Result): Result {
  try {
    return read(protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.constructor === Error)) {
      throw new MalformedTelemetry("The body is not a protobuf export request, or it is cut off.");
    }
    throw error;
  }
}

/** Reads fields up to `end`. A field that `readField` does not know, or that has another wire type than it should, is skipped. */
export function readMessage(reader: Reader, end: number, readField: (tag: number, end: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new MalformedTelemetry("A protobuf field has the number 0.");
    if (!readField(tag, end)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new MalformedTelemetry("A protobuf message is longer than it says.");
}

/** Where the message ends that begins here; it may not reach beyond the one around it. */
export function endOfMessage(reader: Reader, outerEnd: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > outerEnd) throw new MalformedTelemetry("A protobuf message is longer than the one around it.");
  return end;
}

export function readText(reader: Reader): string {
  return storableText(reader.string());
}

export function readHex(reader: Reader): string {
  const bytes = reader.bytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Nanoseconds to whole microseconds. 2^32 is 4,294,967 times 1,000 and 296, which keeps every step exact. */
export function readMicroseconds(reader: Reader): number {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000);
}

/** Adds the attribute at `reader` to `attributes`; of two with the same key the later one stays. */
export function readAttribute(reader: Reader, outerEnd: number, attributes: Attributes, budget: DecodeBudget, depth = 0): void {
  budget.spendPiece();
  let key = "";
  let value: unknown = null;
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    switch (tag) {
      case 0x0a: // key
        key = readText(reader);
        return true;
      case 0x12: // value
        value = readAnyValue(reader, end, budget, depth);
        return true;
      default:
        return false;
    }
  });
  setOwn(attributes, key, value);
}

/** An OTLP `AnyValue` as plain JSON: bytes as base64, integers and numbers that JSON cannot hold as text. */
export function readAnyValue(reader: Reader, outerEnd: number, budget: DecodeBudget, depth: number): unknown {
  checkDepth(depth);
  budget.spendPiece();
  let value: unknown = null;
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    switch (tag) {
      case 0x0a: // string_value
        value = readText(reader);
        return true;
      case 0x10: // bool_value
        value = reader.bool();
        return true;
      case 0x18: // int_value
        value = readInteger(reader);
        return true;
      case 0x21: // double_value
        value = plainNumber(reader.double());
        return true;
      case 0x2a: // array_value
        value = readList(reader, end, budget, depth + 1);
        return true;
      case 0x32: // kvlist_value
        value = readMap(reader, end, budget, depth + 1);
        return true;
      case 0x3a: // bytes_value
        value = Buffer.from(reader.bytes()).toString("base64");
        return true;
      default:
        return false;
    }
  });
  return value;
}

function readList(reader: Reader, outerEnd: number, budget: DecodeBudget, depth: number): unknown[] {
  const items: unknown[] = [];
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (tag !== 0x0a) return false;
    items.push(readAnyValue(reader, end, budget, depth));
    return true;
  });
  return items;
}

function readMap(reader: Reader, outerEnd: number, budget: DecodeBudget, depth: number): Attributes {
  const entries: Attributes = {};
  readMessage(reader, endOfMessage(reader, outerEnd), (tag, end) => {
    if (tag !== 0x0a) return false;
    readAttribute(reader, end, entries, budget, depth);
    return true;
  });
  return entries;
}

function readInteger(reader: Reader): number | string {
  const long = reader.int64();
  if (typeof long === "number") return long;
  const low = long.low >>> 0;
  const value = long.high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value) ? value : ((BigInt(long.high) << 32n) | BigInt(low)).toString();
}

export function plainNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
