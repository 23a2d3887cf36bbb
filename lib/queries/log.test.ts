import { beforeAll, describe, expect, it } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { readLogFilter } from "../domain/log-filter.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listLog, listLogChoices, readLog, verifyLogRange } from "./log.ts";

useDatabase();

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 10, minute));
const everything = readLogFilter({});

beforeAll(async () => {
  await prisma().person.create({ data: { id: "pe_ana", email: "ana@example.org", name: "Ana", createdAt: at(0) } });
  await prisma().$transaction((tx) => appendToLog(tx, Array.from({ length: 12 }, (_, n) => ({
    kind: n % 3 === 0 ? "change.approved" : n % 3 === 1 ? "change.rejected" : "stop.engaged", actor: n % 2 === 0 ? "person:pe_ana" : "system:holdpoint",
    subject: `ch_${n}`, agentId: n < 6 ? "refund-bot" : null, at: at(n), detail: { n },
  }))));
});

const indexes = async (search: Record<string, string>, position = {}, limit = 50) => (await listLog(readLogFilter(search), position, limit)).rows.map((row) => row.index);

describe("listLog", () => {
  it.each<[Record<string, string>, number[]]>([
    [{ kind: "change.approved" }, [9, 6, 3, 0]],
    [{ kind: "change." , agent: "refund-bot" }, [4, 3, 1, 0]],
    [{ actor: "person:pe_ana", kind: "stop.engaged" }, [8, 2]],
    [{ subject: "ch_7" }, [7]],
    [{ from: "2026-11-20T10:09", to: "2026-11-20T10:11" }, [10, 9]],
    [{ kind: "nothing" }, []],
  ])("%j", async (search, expected) => expect(await indexes(search)).toEqual(expected));

  it("goes down and up again without losing or repeating an entry", async () => {
    const first = await listLog(everything, {}, 5);
    expect([first.rows.map((row) => row.index), first.newer]).toEqual([[11, 10, 9, 8, 7], null]);
    const second = await listLog(everything, { older: first.older }, 5);
    const third = await listLog(everything, { older: second.older }, 5);
    expect([second.rows.map((row) => row.index), third.rows.map((row) => row.index), third.older]).toEqual([[6, 5, 4, 3, 2], [1, 0], null]);
    const back = await listLog(everything, { newer: third.newer }, 5);
    expect(back.rows).toEqual(second.rows);
  });

  it("names who acted", async () => expect((await listLog(everything, {}, 2)).rows.map((row) => row.actorName)).toEqual([null, "Ana"]));
});

it("lists the kinds and actors there are", async () => {
  expect(await listLogChoices()).toEqual({
    kinds: ["change.approved", "change.rejected", "stop.engaged"], actors: [{ actor: "person:pe_ana", name: "Ana" }, { actor: "system:holdpoint", name: null }],
  });
});

it("exports everything that matches, oldest first, in batches", async () => {
  const batches = await Array.fromAsync(readLog(readLogFilter({ actor: "person:pe_ana" }), 4));
  expect(batches.map((batch) => batch.map((row) => row.index))).toEqual([[0, 2, 4, 6], [8, 10]]);
});

describe("verifyLogRange", () => {
  // The table refuses edits; whoever tampers switches that off first, and so does this test.
  const tamper = async (sql: string): Promise<void> => {
    await pool().query(`BEGIN; ALTER TABLE log_entry DISABLE TRIGGER ALL; ${sql}; ALTER TABLE log_entry ENABLE TRIGGER ALL; COMMIT`);
  };

  it("finds nothing wrong where nothing is", async () => expect(await verifyLogRange(2, 9)).toEqual({ from: 2, to: 9, checked: 8, fault: null }));
  it("misses what is not there", async () => {
    expect((await verifyLogRange(8, 20)).fault).toEqual({ index: 12, fault: "missing" });
    expect((await verifyLogRange(50, 60)).fault).toEqual({ index: 50, fault: "missing" });
  });
  it("sees a changed word, a changed column and a removed entry", async () => {
    await tamper("UPDATE log_entry SET actor = 'person:pe_eve' WHERE index = 10");
    expect((await verifyLogRange(0, 11)).fault).toEqual({ index: 10, fault: "columns" });
    await tamper("UPDATE log_entry SET body = replace(body, 'ch_5', 'ch_6') WHERE index = 5");
    expect((await verifyLogRange(0, 11)).fault).toEqual({ index: 5, fault: "hash" });
    await tamper("DELETE FROM log_entry WHERE index = 3");
    expect((await verifyLogRange(0, 11)).fault).toEqual({ index: 4, fault: "gap" });
    expect((await verifyLogRange(3, 4)).fault).toEqual({ index: 4, fault: "gap" });
  });
});

describe("what Holdpoint does each minute", () => {
  it("is left out, unless it is asked for by switch, by kind or by subject; an export leaves nothing out", async () => {
    await prisma().$transaction((tx) => appendToLog(tx, ["rehearsal.standing_started", "rehearsal.standing_ended", "rehearsal.drill_ended"].map((kind) => ({
      kind, actor: "system:holdpoint", subject: `re_${kind}`, agentId: null, at: at(20), detail: {},
    }))));
    const kinds = async (search: Record<string, string>) => (await listLog(readLogFilter(search))).rows.map((row) => row.kind).filter((kind) => kind.startsWith("rehearsal."));
    expect(await kinds({})).toEqual(["rehearsal.drill_ended"]);
    expect(await kinds({ routine: "shown" })).toEqual(["rehearsal.drill_ended", "rehearsal.standing_ended", "rehearsal.standing_started"]);
    expect(await kinds({ kind: "rehearsal." })).toHaveLength(3);
    expect(await kinds({ subject: "re_rehearsal.standing_ended" })).toEqual(["rehearsal.standing_ended"]);
    const exported: string[] = [];
    for await (const rows of readLog(everything)) exported.push(...rows.map((row) => row.kind));
    expect(exported).toContain("rehearsal.standing_started");
  });
});
