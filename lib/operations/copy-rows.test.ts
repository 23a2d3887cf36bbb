import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pool } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import type { BinaryType, BinaryValue } from "./binary-writer.ts";
import { copyRows, copyStatement, encodeRows, type CopiedColumn, type CopiedRows } from "./copy-rows.ts";
import { inTransaction, sqlState } from "./in-transaction.ts";

useDatabase();

interface Row {
  id: number;
  word: string | null;
  content: string | null;
  atUs: number | null;
}

const column = (name: string, type: BinaryType, valueOf: (row: Row) => BinaryValue): CopiedColumn<Row> => [name, type, valueOf];
const COLUMNS = [
  column("id", "int", ({ id }) => id), column("content", "jsonb", ({ content }) => content), column("at", "timestamptz", ({ atUs }) => atUs), column("word", "text", ({ word }) => word),
];
const STATEMENT = copyStatement("copied", COLUMNS);

beforeEach(async () => {
  await pool().query("CREATE TABLE copied (id int PRIMARY KEY, word text, content jsonb, at timestamptz(6))");
});
afterEach(async () => {
  await pool().query("DROP TABLE copied");
});

const put = (...parts: CopiedRows[]) => inTransaction((client) => copyRows(client, STATEMENT, parts));
const stored = async () => (await pool().query("SELECT id, word, content, (extract(epoch FROM at) * 1000000)::bigint AS us FROM copied ORDER BY id")).rows;
const row = (id: number, given: Partial<Row> = {}): Row => ({ id, word: null, content: null, atUs: null, ...given });
const storable = fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed().replaceAll("\u0000", ""));

describe("what is copied is what is stored", () => {
  test("in one part or in many, nulls and all", async () => {
    const anyRow = fc.record({
      word: fc.option(storable), content: fc.option(fc.dictionary(storable, storable)), atUs: fc.option(fc.integer({ min: -2_000_000_000_000_000, max: 4_000_000_000_000_000 })),
    });
    await fc.assert(fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (given, perPart) => {
      await pool().query("TRUNCATE copied");
      const rows = given.map(({ word, content, atUs }, id) => row(id, { word, atUs, content: content === null ? null : JSON.stringify(content) }));
      const parts: CopiedRows[] = [];
      for (let at = 0; at < rows.length; at += perPart) parts.push(encodeRows(rows.slice(at, at + perPart), COLUMNS));
      await put(...parts);
      expect(await stored()).toEqual(given.map(({ word, content, atUs }, id) => ({ id, word, content: content === null ? null : { ...content }, us: atUs === 0 ? 0 : atUs })));
    }), { numRuns: 40 });
  });

  test("far more than fits in one packet", async () => {
    const rows = Array.from({ length: 300 }, (_, id) => row(id, { word: "€".repeat(id * 50) }));
    await put(encodeRows(rows, COLUMNS));
    expect((await stored()).map(({ word }: { word: string }) => word)).toEqual(rows.map(({ word }) => word));
  });

  test("the last column can be written anew as long as it keeps its length", async () => {
    const part = encodeRows([row(1, { word: "aaa" }), row(2, { word: "bbb" })], COLUMNS);
    for (const [index, at] of part.lastColumnAt.entries()) part.bytes.write(`n-${index}`, at + 4);
    await put(part);
    expect((await stored()).map(({ word }: { word: string }) => word)).toEqual(["n-0", "n-1"]);
  });
});

describe("what the database refuses", () => {
  const refused = (...parts: CopiedRows[]) => put(...parts).then(() => null, sqlState);

  test("is refused whole and by its code, and the connection goes on", async () => {
    const good = encodeRows([row(1), row(2)], COLUMNS);
    expect(await refused(good, encodeRows([row(3, { content: "{not json" })], COLUMNS))).toBe("22P02");
    const many = Array.from({ length: 20 }, (_, part) => encodeRows(Array.from({ length: 100 }, (_, index) => row(10 + part * 100 + index, { word: "x".repeat(1_000) })), COLUMNS));
    expect(await refused(encodeRows([row(4, { content: "{not json" })], COLUMNS), ...many)).toBe("22P02");
    expect(await stored()).toEqual([]);
    await put(good);
    expect((await stored()).map(({ id }: { id: number }) => id)).toEqual([1, 2]);
  });

  test("also when the copy cannot even begin", async () => {
    const nowhere = copyStatement("no_such_table", COLUMNS);
    expect(await inTransaction((client) => copyRows(client, nowhere, [encodeRows([row(1)], COLUMNS)])).then(() => null, sqlState)).toBe("42P01");
    await put(encodeRows([row(1)], COLUMNS));
    expect(await stored()).toHaveLength(1);
  });

  test("a row that is there already breaks the transaction around it after its attempts", async () => {
    await put(encodeRows([row(1)], COLUMNS));
    await expect(put(encodeRows([row(2), row(1)], COLUMNS))).rejects.toMatchObject({ cause: { code: "23505" } });
    expect(await stored()).toHaveLength(1);
  });
});
