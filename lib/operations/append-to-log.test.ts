import { describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { findLogFault, leafHashOf } from "../domain/log-entry.ts";
import { useDatabase } from "../testing/use-database.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";

useDatabase();

const at = new Date("2026-11-20T10:00:00Z");
const entry = (subject: string): LogRecord => ({ kind: "test.happened", actor: "system:test", subject, at, detail: { b: 1, a: { d: null, c: [1, "x"] } } });
const append = (...subjects: string[]) => prisma().$transaction((tx) => appendToLog(tx, subjects.map(entry)));

async function wholeLog() {
  const { rows } = await pool().query<{ index: number; body: string; hash: Buffer; subject: string }>("SELECT index, body, hash, subject FROM log_entry ORDER BY index");
  return rows;
}

describe("appendToLog", () => {
  test("writes canonical JSON and its RFC 6962 leaf hash", async () => {
    await append("first");
    const [row] = await wholeLog();
    expect(row?.body).toBe(
      '{"actor":"system:test","agent":null,"at":"2026-11-20T10:00:00.000Z","detail":{"a":{"c":[1,"x"],"d":null},"b":1},"index":0,"kind":"test.happened","subject":"first"}',
    );
    expect(leafHashOf(row?.body ?? "").equals(row?.hash ?? Buffer.alloc(0))).toBe(true);
  });

  test("leaves no gap and repeats no index when many append at once and some fail", async () => {
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, number) =>
        prisma().$transaction(async (tx) => {
          await appendToLog(tx, [entry(`p${number}`), entry(`q${number}`)]);
          if (number % 5 === 0) throw new Error("taken back");
        }, { maxWait: 20_000 }),
      ),
    );
    const rows = await wholeLog();
    expect(rows).toHaveLength(1 + 2 * 32);
    expect(rows.map((row) => row.index)).toEqual(rows.map((_, index) => index));
    expect(findLogFault(rows)).toBeNull();
  });

  test("cannot be edited through SQL, and an edit elsewhere would show", async () => {
    await expect(pool().query("UPDATE log_entry SET subject = 'x' WHERE index = 0")).rejects.toThrow("append-only");
    await expect(pool().query("DELETE FROM log_entry")).rejects.toThrow("append-only");
    const rows = await wholeLog();
    const edited = rows.map((row) => (row.index === 3 ? { ...row, body: row.body.replace("test.happened", "test.hidden") } : row));
    expect(findLogFault(edited)).toEqual({ index: 3, fault: "hash" });
    expect(findLogFault(rows.filter((row) => row.index !== 2))).toEqual({ index: 3, fault: "gap" });
  });
});
