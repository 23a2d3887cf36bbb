// How do many values become one array parameter? In PostgreSQL's binary form, which neither side has to escape or to parse.

const ELEMENTS = {
  text: 25, jsonb: 3802, boolean: 16, int: 23, bigint: 20, float8: 701,
  /** Whole microseconds since 1970. */
  timestamptz: 1184,
} as const;

export type ArrayElement = keyof typeof ELEMENTS;
export type ArrayValue = string | number | boolean | null;

const HEADER_BYTES = 20;
const LARGEST_FIXED_BYTES = 12;
const JSONB_VERSION = 1;
const EPOCH_2000_US = 946_684_800_000_000;
const TWO_TO_32 = 4_294_967_296;

class Writer {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  int32(value: number): void {
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  /** Exact for every safe integer; a BigInt for each would cost more than all the rest. */
  int64(value: number): void {
    const high = Math.floor(value / TWO_TO_32);
    this.#at = this.#bytes.writeInt32BE(high, this.#at);
    this.#at = this.#bytes.writeUInt32BE(value - high * TWO_TO_32, this.#at);
  }

  float8(value: number): void {
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  /** With its length before it, and `prefix` as a first byte of it. */
  text(value: string, prefix: number | null): void {
    // No character of JavaScript's takes more than three bytes, and asking exactly costs a pass over the text.
    this.room(5 + value.length * 3);
    const lengthAt = this.#at;
    this.#at += 4;
    if (prefix !== null) this.byte(prefix);
    this.#at += this.#bytes.write(value, this.#at, "utf8");
    this.#bytes.writeInt32BE(this.#at - lengthAt - 4, lengthAt);
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

const WRITE: Readonly<Record<ArrayElement, (to: Writer, value: ArrayValue) => void>> = {
  text: (to, value) => to.text(String(value), null),
  jsonb: (to, value) => to.text(String(value), JSONB_VERSION),
  boolean: (to, value) => {
    to.int32(1);
    to.byte(value === true ? 1 : 0);
  },
  int: (to, value) => {
    to.int32(4);
    to.int32(Number(value));
  },
  bigint: (to, value) => {
    to.int32(8);
    to.int64(Number(value));
  },
  float8: (to, value) => {
    to.int32(8);
    to.float8(Number(value));
  },
  timestamptz: (to, value) => {
    to.int32(8);
    to.int64(Math.round(Number(value)) - EPOCH_2000_US);
  },
};

/** For a parameter that the statement casts to this very type of array: `$1::text[]`. */
export function arrayParameter<Row>(element: ArrayElement, rows: readonly Row[], valueOf: (row: Row) => ArrayValue): Buffer {
  const write = WRITE[element];
  const to = new Writer(HEADER_BYTES + rows.length * (element === "text" || element === "jsonb" ? 64 : LARGEST_FIXED_BYTES) + 64);
  to.int32(1);
  to.int32(1); // there may be nulls
  to.int32(ELEMENTS[element]);
  to.int32(rows.length);
  to.int32(1); // the first index
  for (const row of rows) {
    const value = valueOf(row);
    to.room(LARGEST_FIXED_BYTES);
    if (value === null) to.int32(-1);
    else write(to, value);
  }
  return to.finish();
}
