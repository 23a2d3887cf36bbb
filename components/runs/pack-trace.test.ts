import { describe, expect, it } from "vitest";
import { unpackRows } from "./pack-rows.ts";
import { packTrace, packTraceStart } from "./pack-trace.ts";
import type { Trace, TraceRow } from "./trace-row.ts";
import { wholeTraceQuery } from "./use-trace.ts";

const FAILED = 7_000;
const row = (index: number): TraceRow => ({
  spanId: String(index), name: `call ${index}`, kind: index % 10 === 0 ? "tool" : "step", status: index === FAILED ? "error" : "ok", depth: 1, offsetUs: index, durationUs: 1, isParentMissing: false,
  toolName: null, model: null, tokens: null, costNanoUsd: null, message: null,
});
const traceOf = (count: number): Trace => ({
  runId: "ru_1", rows: Array.from({ length: count }, (_, index) => row(index)), startUs: 0, totalUs: count, missingParents: 0, leftOut: 0, noteworthy: count > FAILED ? [{ spanId: String(FAILED), reason: "error" }] : [],
});
const idsOf = (packed: { packedRows: string }): string[] => unpackRows(packed.packedRows).map(({ spanId }) => spanId);

describe("the start of a long run", () => {
  const long = traceOf(10_000);

  it("is the rows around what explains it, in their places", () => {
    const start = packTraceStart(long, { span: null, show: "all" });
    const ids = idsOf(start);
    expect(start).toMatchObject({ isWhole: false, show: "all", counts: { all: 10_000, tools: 1_000, decisions: 0, errors: 1 } });
    expect(ids[FAILED - start.from]).toBe(String(FAILED));
    expect(ids.length).toBe(200);
    expect(start.packedRows.length).toBeLessThan(packTrace(long).packedRows.length / 40);
  });

  it("is the rows around the span that the address names, among those that it shows", () => {
    const start = packTraceStart(long, { span: "5000", show: "tools" });
    const ids = idsOf(start);
    expect(ids[500 - start.from]).toBe("5000");
    expect(ids.every((id) => Number(id) % 10 === 0)).toBe(true);
  });

  it("begins with the first row where nothing explains it, and where a span is asked for that is not there", () => {
    const plain = { ...long, noteworthy: [] };
    for (const span of [null, "nothing"]) expect(idsOf(packTraceStart(plain, { span, show: "all" }))[0]).toBe("0");
    expect(idsOf(packTraceStart(plain, { span: "9999", show: "all" })).at(-1)).toBe("9999");
  });
});

it("what was kept of a long run is not shown of it once it has grown, nor of another one", () => {
  const keyOf = (trace: Trace): string => JSON.stringify(wholeTraceQuery(packTraceStart(trace, { span: null, show: "all" })).queryKey);
  expect(keyOf(traceOf(10_000))).toBe(keyOf(traceOf(10_000)));
  expect(keyOf(traceOf(10_001))).not.toBe(keyOf(traceOf(10_000)));
  expect(keyOf({ ...traceOf(10_000), runId: "ru_2" })).not.toBe(keyOf(traceOf(10_000)));
});

it("a short run is sent whole, whatever is asked for", () => {
  const short = traceOf(400);
  const start = packTraceStart(short, { span: "3", show: "errors" });
  expect(start).toEqual(packTrace(short));
  expect([start.isWhole, start.from, idsOf(start).length]).toEqual([true, 0, 400]);
});
