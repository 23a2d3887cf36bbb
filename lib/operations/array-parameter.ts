// How do many values become one array parameter? In PostgreSQL's binary form.

import { BinaryWriter, type BinaryType, type BinaryValue } from "./binary-writer.ts";

const ELEMENTS: Readonly<Record<BinaryType, number>> = { text: 25, jsonb: 3802, boolean: 16, int: 23, bigint: 20, float8: 701, timestamptz: 1184 };

const HEADER_BYTES = 20;
const EXPECTED_TEXT_BYTES = 64;
const LARGEST_FIXED_BYTES = 12;

/** For a parameter that the statement casts to this very type of array: `$1::text[]`. */
export function arrayParameter<Row>(element: BinaryType, rows: readonly Row[], valueOf: (row: Row) => BinaryValue): Buffer {
  const isText = element === "text" || element === "jsonb";
  const to = new BinaryWriter(HEADER_BYTES + rows.length * (isText ? EXPECTED_TEXT_BYTES : LARGEST_FIXED_BYTES) + EXPECTED_TEXT_BYTES);
  to.int32(1);
  to.int32(1); // there may be nulls
  to.int32(ELEMENTS[element]);
  to.int32(rows.length);
  to.int32(1); // the first index
  for (const row of rows) to.value(element, valueOf(row));
  return to.finish();
}
