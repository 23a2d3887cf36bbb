import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pool } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { arrayParameter } from "./array-parameter.ts";
import type { BinaryType, BinaryValue } from "./binary-writer.ts";

useDatabase();

async function back<Value>(element: BinaryType, values: readonly BinaryValue[], column = "value"): Promise<Value[]> {
  const { rows } = await pool().query<{ value: Value }>(
    `SELECT ${column} AS value FROM unnest($1::${element}[]) WITH ORDINALITY AS given(value, place) ORDER BY place`,
    [arrayParameter(element, values, (value) => value)],
  );
  return rows.map(({ value }) => value);
}

const storable = fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed().replaceAll("\u0000", "")).filter((text) => text.isWellFormed());
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.array(fc.option(value), { maxLength: 30 });

describe("what is sent comes back", () => {
  test.each<[BinaryType, fc.Arbitrary<BinaryValue>]>([
    ["text", storable], ["boolean", fc.boolean()], ["int", fc.integer({ min: -2_147_483_648, max: 2_147_483_647 })],
    ["bigint", fc.maxSafeInteger()], ["float8", fc.double({ noNaN: true, noDefaultInfinity: true })],
  ])("%s", async (element, value) => {
    await fc.assert(fc.asyncProperty(orNull(value), async (values) => {
      // Negative zero is a zero everywhere but in JavaScript.
      expect((await back(element, values)).map((one) => (one === 0 ? 0 : one))).toEqual(values.map((one) => (one === 0 ? 0 : one)));
    }), { numRuns: 40 });
  });

  test("jsonb", async () => {
    await fc.assert(fc.asyncProperty(orNull(fc.dictionary(storable, storable)), async (values) => {
      expect(await back("jsonb", values.map((value) => (value === null ? null : JSON.stringify(value))))).toEqual(values.map((value) => (value === null ? null : { ...value })));
    }), { numRuns: 40 });
  });

  test("a time to the microsecond, before and after 1970 and 2000", async () => {
    const times = [0, -1, 946_684_799_999_999, 946_684_800_000_000, 1_763_721_000_123_457, 4_102_444_799_999_999, -2_208_988_800_000_001];
    expect(await back("timestamptz", times, "(extract(epoch FROM value) * 1000000)::bigint")).toEqual(times.map((us) => (us === 0 ? 0 : us)));
  });

  test("texts that outgrow the first guess many times", async () => {
    const texts = Array.from({ length: 200 }, (_, index) => "€".repeat(index * 50));
    expect(await back("text", texts)).toEqual(texts);
  });
});
