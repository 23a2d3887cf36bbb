import fc from "fast-check";
import { expect, test } from "vitest";
import canonicalize from "canonicalize";
import { pool, prisma } from "../database/database.ts";
import { findLogFault } from "../domain/log-entry.ts";
import { useDatabase } from "../testing/use-database.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { inTwoTrips } from "./in-two-trips.ts";
import { bodyAround, logParameters, logStatement } from "./log-statement.ts";

useDatabase();

const at = new Date("2026-11-20T10:00:00Z");
const entry = (subject: string): LogRecord => ({ kind: "test.happened", actor: "system:test", subject, agentId: null, at, detail: { b: 1, a: "ü \u2028 \"x\"" } });
const { parts, isHeadless } = logStatement(1);

/** As the gate does: together with something else, which here is nothing. */
const append = (records: readonly LogRecord[], more = "") => inTwoTrips({
  locks: [], read: { text: "SELECT 1" },
  decide: () => ({ write: { text: `WITH ${parts} SELECT ${isHeadless}${more}`, values: logParameters(records) }, result: undefined }),
});

const wholeLog = async () => (await pool().query<{ index: number; body: string; hash: Buffer; subject: string }>("SELECT index, body, hash, subject FROM log_entry ORDER BY index")).rows;

test("an entry has the same bytes, whichever way it came into the log", async () => {
  await append([entry("one"), entry("two")]);
  await prisma().$transaction((tx) => appendToLog(tx, [entry("one")]));
  const [one, two, again] = await wholeLog();
  expect([one?.index, two?.index, again?.index]).toEqual([0, 1, 2]);
  expect(one?.body.replace('"index":0', '"index":2')).toBe(again?.body);
  expect(findLogFault(await wholeLog())).toBeNull();
});

test("the index stands where canonical JSON has it, whatever the record holds", () => {
  const record = fc.record({ kind: fc.string({ unit: "grapheme" }), actor: fc.string(), subject: fc.string({ unit: "grapheme" }), agentId: fc.option(fc.string()), detail: fc.dictionary(fc.string(), fc.jsonValue()) });
  fc.assert(fc.property(record, fc.nat(), (given, index) => {
    const { before, behind } = bodyAround({ ...given, at });
    const detail = JSON.parse(JSON.stringify(given.detail)) as unknown;
    expect(`${before}${index}${behind}`).toBe(canonicalize({ index, at: at.toISOString(), kind: given.kind, actor: given.actor, subject: given.subject, agent: given.agentId, detail }));
  }));
});

test("no gap and no index twice when many append at once, by both ways, and some fail", async () => {
  const before = (await wholeLog()).length;
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, number) => {
    if (number % 2 === 0) return append([entry(`p${number}`), entry(`q${number}`)], number % 5 === 0 ? ", 1 / (SELECT count(*)::int - 2 FROM logged)" : "");
    return prisma().$transaction((tx) => appendToLog(tx, [entry(`p${number}`)]), { maxWait: 20_000 });
  }));
  const failed = outcomes.filter(({ status }) => status === "rejected");
  const rows = await wholeLog();
  expect(failed.length).toBeLessThanOrEqual(4);
  expect(rows.length - before).toBe(20 + 2 * (20 - failed.length));
  expect(rows.map((row) => row.index)).toEqual(rows.map((_, index) => index));
  expect(findLogFault(rows)).toBeNull();
});

test("without a head nothing is stored", async () => {
  const before = (await wholeLog()).length;
  await pool().query("UPDATE log_head SET id = 2");
  await expect(append([entry("lost")])).rejects.toThrow("division by zero");
  await pool().query("UPDATE log_head SET id = 1");
  expect(await wholeLog()).toHaveLength(before);
});
