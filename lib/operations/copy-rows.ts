// How do many rows get into a table at the least cost? By COPY in its binary form, which needs no executor and fills whole pages at once.

import type { Duplex } from "node:stream";
import type pg from "pg";
import { BinaryWriter, type BinaryType, type BinaryValue } from "./binary-writer.ts";

export type CopiedColumn<Row> = readonly [name: string, type: BinaryType, valueOf: (row: Row, index: number) => BinaryValue];

/** Some rows as they are sent. */
export interface CopiedRows {
  bytes: Buffer;
  /** Where the last column of each row begins, with its length: it may be written anew with a value that is as long. */
  lastColumnAt: readonly number[];
}

// A message of the protocol is a letter, a length that counts itself, and what it says.
const LENGTH_BYTES = 4;
const message = (letter: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(1 + LENGTH_BYTES, letter, "latin1");
  head.writeInt32BE(LENGTH_BYTES + body.length, 1);
  return Buffer.concat([head, body]);
};
const COPY_DATA = "d";
/** The signature, no flags, no extension. */
const OPENING = message(COPY_DATA, Buffer.from("PGCOPY\n\xff\r\n\0" + "\0".repeat(8), "latin1"));
const CLOSING = Buffer.concat([message(COPY_DATA, Buffer.from([0xff, 0xff])), message("c", Buffer.alloc(0))]);

const EXPECTED_ROW_BYTES = 2_048;

export function encodeRows<Row>(rows: readonly Row[], columns: readonly CopiedColumn<Row>[]): CopiedRows {
  const to = new BinaryWriter(1 + LENGTH_BYTES + rows.length * EXPECTED_ROW_BYTES);
  to.byte(COPY_DATA.charCodeAt(0));
  to.int32(0);
  const lastColumnAt: number[] = [];
  for (const [index, row] of rows.entries()) {
    to.int16(columns.length);
    let lastAt = 0;
    for (const [, type, valueOf] of columns) {
      lastAt = to.length;
      to.value(type, valueOf(row, index));
    }
    lastColumnAt.push(lastAt);
  }
  const bytes = to.finish();
  bytes.writeInt32BE(bytes.length - 1, 1);
  return { bytes, lastColumnAt };
}

/** Names of tables and columns are written by us, never taken from outside. */
export const copyStatement = <Row>(table: string, columns: readonly CopiedColumn<Row>[]): Buffer =>
  message("Q", Buffer.from(`COPY ${table} (${columns.map(([name]) => name).join(", ")}) FROM STDIN (FORMAT binary)\0`));

/** All rows or none. Rejects with the database's error, as a query does. */
export function copyRows(client: pg.PoolClient, statement: Buffer, parts: readonly CopiedRows[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new Copy(statement, parts, (error) => (error ? reject(error) : resolve())));
  });
}

/** What pg's client calls when it is the turn of this one, and when the server says something to it. */
class Copy implements pg.Submittable {
  readonly #statement: Buffer;
  readonly #parts: readonly CopiedRows[];
  /** pg puts its own around it, which keeps the time. */
  callback: (error?: Error | null) => void;

  constructor(statement: Buffer, parts: readonly CopiedRows[], callback: (error?: Error | null) => void) {
    this.#statement = statement;
    this.#parts = parts;
    this.callback = callback;
  }

  submit({ stream }: { stream: Duplex }): void {
    stream.write(this.#statement);
  }

  handleCopyInResponse({ stream }: { stream: Duplex }): void {
    stream.cork();
    stream.write(OPENING);
    for (const { bytes } of this.#parts) stream.write(bytes);
    stream.write(CLOSING);
    stream.uncork();
  }

  handleCommandComplete(): void {
    // The row count says nothing that is not known.
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }
}
