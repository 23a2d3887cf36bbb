import { describe, expect, it } from "vitest";
import { readRunFilter } from "./read-run-filter.ts";
import { isEmptyRunFilter, readRunCursor, runFilterQuery, writeRunCursor } from "./run-filter.ts";

describe("readRunFilter", () => {
  it("reads what is meant and leaves out what is not", () => {
    const filter = readRunFilter({ agent: " refund-bot ", version: "41", outcome: "failure", escalated: "1", errors: "yes", since: "24h", from: "2026-11-20T10:00", to: "soon", record: "", tool: ["a", "b"] });
    expect(runFilterQuery(filter)).toEqual({ agent: "refund-bot", version: "41", outcome: "failure", escalated: "1", since: "24h", from: "2026-11-20T10:00:00.000Z", tool: "a" });
  });

  it.each([{}, { version: "-1" }, { version: "x" }, { outcome: "great" }, { since: "1y" }, { agent: "x".repeat(300) }, { unreviewed: "0" }])("asks for everything when %j says nothing", (search) => {
    expect(isEmptyRunFilter(readRunFilter(search))).toBe(true);
  });

  it("survives a journey through an address", () => {
    const filter = readRunFilter({ agent: "a", outcome: "unknown", unreviewed: "1", from: "2026-11-20T10:00:00+02:00" });
    expect(readRunFilter(runFilterQuery(filter))).toEqual(filter);
    expect(filter.from).toBe("2026-11-20T08:00:00.000Z");
  });
});

describe("readRunCursor", () => {
  it("reads what was written", () => {
    const cursor = { startedUs: 1_795_224_667_123_456, id: "run_8Fk2" };
    expect(readRunCursor(writeRunCursor(cursor))).toEqual(cursor);
  });
  it.each([undefined, "", "12", "x.run_1", "12.run 1", "12.'; drop table run"])("refuses %s", (value) => expect(readRunCursor(value)).toBeNull());
});
