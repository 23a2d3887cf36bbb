// How are values written in PostgreSQL's binary form, which neither side has to escape or to parse?

const LARGEST_FIXED_BYTES = 12;
const JSONB_VERSION = 1;
const EPOCH_2000_US = 946_684_800_000_000;
const TWO_TO_32 = 4_294_967_296;

/** `timestamptz` is given in whole microseconds since 1970. */
export type BinaryType = "text" | "jsonb" | "boolean" | "int" | "bigint" | "float8" | "timestamptz";
export type BinaryValue = string | number | boolean | null;

export class BinaryWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  get length(): number {
    return this.#at;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  /** The value with its length before it; a null has only a length. */
  value(type: BinaryType, value: BinaryValue): void {
    this.#room(LARGEST_FIXED_BYTES);
    if (value === null) this.int32(-1);
    else WRITE[type](this, value);
  }

  fixed32(value: number): void {
    this.int32(4);
    this.int32(value);
  }

  /** Exact for every safe integer; a BigInt for each would cost more than all the rest. */
  fixed64(value: number): void {
    this.int32(8);
    const high = Math.floor(value / TWO_TO_32);
    this.#at = this.#bytes.writeInt32BE(high, this.#at);
    this.#at = this.#bytes.writeUInt32BE(value - high * TWO_TO_32, this.#at);
  }

  float8(value: number): void {
    this.int32(8);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  boolean(value: boolean): void {
    this.int32(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  /** `prefix`: a first byte of it. */
  text(value: string, prefix: number | null): void {
    // No character of JavaScript's takes more than three bytes, and asking exactly costs a pass over the text.
    this.#room(5 + value.length * 3);
    const lengthAt = this.#at;
    this.#at += 4;
    if (prefix !== null) this.#bytes[this.#at++] = prefix;
    this.#at += this.#bytes.write(value, this.#at, "utf8");
    this.#bytes.writeInt32BE(this.#at - lengthAt - 4, lengthAt);
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

const WRITE: Readonly<Record<BinaryType, (to: BinaryWriter, value: string | number | boolean) => void>> = {
  text: (to, value) => to.text(String(value), null),
  jsonb: (to, value) => to.text(String(value), JSONB_VERSION),
  boolean: (to, value) => to.boolean(value === true),
  int: (to, value) => to.fixed32(Number(value)),
  bigint: (to, value) => to.fixed64(Number(value)),
  float8: (to, value) => to.float8(Number(value)),
  timestamptz: (to, value) => to.fixed64(Math.round(Number(value)) - EPOCH_2000_US),
};
