import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesOfJson, entriesOfTool } from "./entries-of-component.ts";
import { layOutDiff } from "./lay-out-diff.ts";
import { layOutEntryDiff } from "./lay-out-entry-diff.ts";
import { layOutTextDiff, markWords, type DiffLine, type DiffRow } from "./lay-out-text-diff.ts";
import type { Component, Json } from "./manifest.ts";

const isLine = (row: DiffRow): row is DiffLine => row.kind === "same" || row.kind === "added" || row.kind === "removed";
const textOf = (line: DiffLine): string => line.segments.map((segment) => segment.text).join("");
const marks = (line: DiffLine | undefined): string => (line?.segments ?? []).map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join("");

describe("layOutTextDiff", () => {
  it("marks the words that changed, on numbered lines", () => {
    const { rows, edits } = layOutTextDiff("You are brief.\nRefund at most 150 EUR yourself.\nBye.", "You are brief.\nRefund at most 400 EUR yourself.\nBye.");
    expect(rows.map((row) => (isLine(row) ? `${row.kind} ${row.number} ${marks(row)}` : row.kind))).toEqual([
      "same 1 You are brief.", "removed 2 Refund at most [150] EUR yourself.", "added 2 Refund at most [400] EUR yourself.", "same 3 Bye.",
    ]);
    expect(edits).toBe(1);
  });

  it("folds what is far from an edit, and shows it when asked", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const after = lines.with(20, "another line");
    const folded = layOutTextDiff(lines.join("\n"), after.join("\n")).rows;
    expect(folded.filter((row) => row.kind === "skipped")).toEqual([{ kind: "skipped", count: 18 }, { kind: "skipped", count: 17 }]);
    expect(layOutTextDiff(lines.join("\n"), after.join("\n"), true).rows).toHaveLength(41);
  });

  it("tells a replaced line from an edited one", () => {
    expect(markWords("Never send money.", "Offer a payout whenever asked.").before).toEqual([{ text: "Never send money.", isChanged: true }]);
  });

  it("loses nothing: both texts can be read back from the whole diff", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c d e", "", "  x"), { maxLength: 12 }).map((lines) => lines.join("\n")).filter((value) => value !== "");
    fc.assert(fc.property(text, text, (before, after) => {
      const lines = layOutTextDiff(before, after, true).rows.filter(isLine);
      expect(lines.filter((line) => line.kind !== "added").map(textOf).join("\n")).toBe(before);
      expect(lines.filter((line) => line.kind !== "removed").map(textOf).join("\n")).toBe(after);
    }));
  });
});

describe("layOutEntryDiff", () => {
  it("goes by name, so that an insertion into a list is one edit", () => {
    const before = entriesOfJson({ limits: { refund: 150 }, rules: ["ask first", "log it"] });
    const after = entriesOfJson({ limits: { refund: 400 }, rules: ["check the order", "ask first", "log it"] });
    const { rows, edits } = layOutEntryDiff(before, after);
    expect(rows.map((row) => (isLine(row) ? `${row.kind} ${row.label}: ${textOf(row)}` : row.kind))).toEqual([
      "removed limits.refund: 150", "added limits.refund: 400", "added rules: check the order", "skipped",
    ]);
    expect(edits).toBe(2);
  });

  it("counts copies", () => {
    const { added, removed } = layOutEntryDiff([{ label: "r", text: "x" }, { label: "r", text: "x" }], [{ label: "r", text: "x" }]);
    expect({ added, removed }).toEqual({ added: 0, removed: 1 });
  });
});

describe("entriesOfTool", () => {
  it("writes a contract as lines", () => {
    const lines = entriesOfTool({
      name: "refund_create", effect: "write", system: "shop", compensation: { description: "refund_void", withinHours: 24 },
      inputSchema: { type: "object", required: ["amount"], properties: { amount: { type: "number", maximum: 150 }, tags: { type: "array", items: { type: "string" } } } },
    });
    expect(lines.map((line) => `${line.label} | ${line.text}`)).toEqual([
      "refund_create | write, reaches shop, undo: refund_void within 24 h", "amount | number, required, maximum 150", "tags | array, optional", "tags[] | string",
    ]);
  });

  it("stops at a schema that nests without end", () => {
    const deep = Array.from({ length: 200 }).reduce<Json>((inner) => ({ type: "object", properties: { x: inner } }), { type: "string" });
    expect(entriesOfTool({ name: "t", effect: "read", inputSchema: deep as Record<string, Json> }).length).toBeLessThan(20);
  });
});

const component = (kind: Component["kind"], name: string, content: Json, digest = JSON.stringify(content)): Component => ({ kind, name, content, digest });

describe("layOutDiff", () => {
  const before = [
    component("model", "model", { name: "atlas-4.1" }), component("prompt", "main", { name: "main", text: "one\ntwo" }),
    component("tool", "refund_create", { name: "refund_create", effect: "write", inputSchema: {} }), component("tool", "order_get", { name: "order_get", effect: "read", inputSchema: {} }),
  ];
  const after = [
    component("model", "model", { name: "atlas-4.1" }), component("prompt", "main", { name: "main", text: "one\ntwo\nthree" }),
    component("tool", "payout_send", { name: "payout_send", effect: "irreversible", inputSchema: {} }), component("tool", "order_get", { name: "order_get", effect: "read", inputSchema: {} }),
  ];

  it("has a section for each component that differs, and names the rest", () => {
    const { sections, counts, unchanged } = layOutDiff(before, after);
    expect(sections.map(({ tab, title, state, summary }) => [tab, title, state, summary])).toEqual([
      ["prompt", "Prompt", "changed", "1 line added"], ["tools", "payout_send", "added", "new tool"], ["tools", "refund_create", "removed", "tool removed"],
    ]);
    expect(counts).toEqual({ prompt: 1, tools: 2, policy: 0, model: 0, other: 0 });
    expect(unchanged).toEqual([{ kind: "model", names: ["model"] }, { kind: "tool", names: ["order_get"] }]);
  });

  it.each<[string, Json | undefined, Json | undefined, [string, string, string, string][]]>([
    ["an edited text", { cedar: "one\ntwo" }, { cedar: "one\n2" }, [["policy-text", "Policy text", "changed", "1 line edited"]]],
    ["a text beside a limit", { limits: { a: 1 }, cedar: "one" }, { limits: { a: 2 }, cedar: "two" }, [["policy-policy", "Policy", "changed", "1 entry edited"], ["policy-text", "Policy text", "changed", "1 line edited"]]],
    ["a text beside what stayed", { limits: { a: 1 }, cedar: "one" }, { limits: { a: 1 }, cedar: "one\ntwo" }, [["policy-text", "Policy text", "changed", "1 line added"]]],
    ["a first text", { limits: { a: 1 } }, { limits: { a: 1 }, cedar: "one\ntwo" }, [["policy-text", "Policy text", "added", "new, 2 lines"]]],
    ["a policy of nothing but a text", undefined, { cedar: "one" }, [["policy-text", "Policy text", "added", "new, 1 line"]]],
    ["a text that is gone", { cedar: "one" }, {}, [["policy-text", "Policy text", "removed", "removed, 1 line"]]],
    ["a limit beside a text that stayed", { limits: { a: 1 }, cedar: "one" }, { limits: { a: 2 }, cedar: "one" }, [["policy-policy", "Policy", "changed", "1 entry edited"]]],
    ["a text in place of something else", { cedar: 1 }, { cedar: "one" }, [["policy-text", "Policy text", "added", "new, 1 line"], ["policy-policy", "Policy", "changed", "1 entry removed"]]],
    ["what is called a text and is none", { cedar: 1 }, { cedar: 2 }, [["policy-policy", "Policy", "changed", "1 entry edited"]]],
  ])("shows the text of a policy line by line: %s", (_, old, young, expected) => {
    const parts = (content: Json | undefined) => (content === undefined ? [] : [component("policy", "policy", content)]);
    const { sections, counts } = layOutDiff(parts(old), parts(young));
    expect(sections.map(({ id, title, state, summary }) => [id, title, state, summary])).toEqual(expected);
    expect(sections.map(({ isText }) => isText)).toEqual(expected.map(([id]) => id === "policy-text"));
    expect(counts.policy).toBe(sections.reduce((sum, { edits }) => sum + edits, 0));
  });

  it("of a first version everything is new", () => {
    expect(layOutDiff([], after).sections.every((section) => section.state === "added")).toBe(true);
  });
});
