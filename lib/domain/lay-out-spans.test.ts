import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findNoteworthySpans, layOutSpans, type SpanFacts } from "./lay-out-spans.ts";

const span = (spanId: string, parentSpanId: string | null, startUs: number, more: Partial<SpanFacts> = {}): SpanFacts => ({
  spanId, parentSpanId, name: spanId, kind: "step", status: "ok", startUs, durationUs: 10, toolName: null, ...more,
});

const outline = (spans: SpanFacts[]): string[] => layOutSpans(spans).rows.map((row) => `${"-".repeat(row.depth)}${row.spanId}${row.isParentMissing ? "?" : ""}`);

describe("layOutSpans", () => {
  it("puts children below their parents by time, in whatever order they came", () => {
    expect(outline([span("b", "root", 30), span("a2", "a", 25), span("a1", "a", 21), span("a", "root", 20), span("root", null, 10)])).toEqual(["root", "-a", "--a1", "--a2", "-b"]);
  });

  it("lists what has no parent apart, with what is below it", () => {
    const spans = [span("lost", "never-came", 15), span("child", "lost", 16), span("root", null, 10)];
    expect(outline(spans)).toEqual(["root", "lost?", "-child?"]);
    expect(layOutSpans(spans).missingParents).toBe(1);
  });

  it("draws spans that are their own ancestors once", () => {
    expect(outline([span("x", "y", 1), span("y", "x", 2), span("self", "self", 3)])).toEqual(["x?", "-y?", "self?"]);
  });

  it("measures from the first start to the last end", () => {
    const layout = layOutSpans([span("root", null, 100, { durationUs: 50 }), span("late", "root", 140, { durationUs: 100 })]);
    expect(layout).toMatchObject({ startUs: 100, totalUs: 140 });
    expect(layout.rows.map((row) => row.offsetUs)).toEqual([0, 40]);
  });

  it("is empty for nothing", () => expect(layOutSpans([])).toEqual({ rows: [], startUs: 0, totalUs: 0, missingParents: 0 }));

  it("never loses or repeats a span", () => {
    const anySpans = fc.uniqueArray(fc.record({ id: fc.nat(40), parent: fc.option(fc.nat(50)), at: fc.nat(100) }), { selector: (one) => one.id });
    fc.assert(fc.property(anySpans, (made) => {
      const rows = layOutSpans(made.map(({ id, parent, at }) => span(`s${id}`, parent === null ? null : `s${parent}`, at))).rows;
      expect(rows.map((row) => row.spanId).toSorted()).toEqual(made.map(({ id }) => `s${id}`).toSorted());
    }));
  });

  it("lays out ten thousand spans in a chain without running out of stack", () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`, i));
    expect(layOutSpans(chain).rows.at(-1)?.depth).toBe(9_999);
  });
});

describe("findNoteworthySpans", () => {
  const find = (spans: SpanFacts[], differing: string[] = []) => findNoteworthySpans(layOutSpans(spans).rows, { escalationTools: ["transfer_to_human"], differing }).map((found) => `${found.reason} ${found.spanId}`);
  const failed = { status: "error" } as const;

  it("names the cause, not what failed because of it", () => {
    expect(find([span("root", null, 0, failed), span("step", "root", 1, failed), span("tool", "step", 2, failed), span("other", "root", 5, failed)])).toEqual(["error tool", "error other"]);
  });
  it("looks through an ancestor that hides the error of a descendant", () => {
    expect(find([span("root", null, 0, failed), span("step", "root", 1), span("tool", "step", 2, failed)])).toEqual(["error tool"]);
  });
  it("then where it was handed over, then where a person decided", () => {
    expect(find([
      span("root", null, 0), span("asked", "root", 1, { status: "interrupted" }), span("refused", "root", 4, { status: "rejected" }),
      span("hand", "root", 2, { kind: "tool", toolName: "transfer_to_human" }), span("bad", "root", 3, failed),
    ])).toEqual(["error bad", "escalated hand", "person asked", "person refused"]);
  });
  it("puts where an unreviewed recipe shows before everything else, once", () => {
    expect(find([span("root", null, 0), span("bad", "root", 1, failed), span("chat", "root", 2, failed)], ["chat", "elsewhere"])).toEqual(["recipe chat", "error bad"]);
  });
  it("finds nothing in a run that went well", () => expect(find([span("root", null, 0), span("tool", "root", 1, { kind: "tool", toolName: "order_get" })])).toEqual([]));
  it("lands on what was changed where nothing else explains the run", () => {
    const rows = layOutSpans([span("root", null, 0), span("read", "root", 1, { kind: "tool", toolName: "order_get" }), span("pay", "root", 2, { kind: "tool", toolName: "refund_create" }), span("again", "root", 3, { kind: "tool", toolName: "refund_create", ...failed })]).rows;
    expect(findNoteworthySpans(rows, { escalationTools: [], differing: [], writeTools: ["refund_create"] })).toEqual([{ spanId: "again", reason: "error" }, { spanId: "pay", reason: "write" }]);
  });
  it("ends on circles", () => expect(find([span("x", "y", 1, failed), span("y", "x", 2, failed)])).toEqual([]));
});
