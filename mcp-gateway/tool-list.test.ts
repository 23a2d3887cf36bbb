import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintOfTools, ListedPages, shownTools } from "./tool-list.ts";

const tool = fc.record({ name: fc.string(), description: fc.string({ unit: "grapheme" }), inputSchema: fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ stringUnit: "grapheme" })) });

test("nothing is shown that may not be called", () => {
  fc.assert(fc.property(fc.array(fc.oneof(tool, fc.jsonValue())), fc.func(fc.boolean()), (tools, mayBeCalled) => {
    const shown = shownTools(tools, (name) => mayBeCalled(name));
    expect(shown.every(({ name }) => mayBeCalled(name))).toBe(true);
    expect(shown.every((one) => tools.includes(one as (typeof tools)[number]))).toBe(true);
  }));
});

describe("the fingerprint", () => {
  test("is the same in every order, of tools and of members", () => {
    fc.assert(fc.property(fc.array(tool), (tools) => {
      const turned = tools.map((one) => Object.fromEntries(Object.entries(one).toReversed()) as typeof one).toReversed();
      expect(fingerprintOfTools(turned)).toBe(fingerprintOfTools(tools));
    }));
  });

  test("is another when a contract is", () => {
    const before = { name: "refund", description: "Pays back.", inputSchema: { type: "object" }, annotations: { readOnlyHint: false } };
    const fingerprint = fingerprintOfTools([before]);
    expect(fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const change of [{ name: "refunds" }, { description: "Pays back!" }, { inputSchema: {} }, { annotations: { readOnlyHint: true } }, { title: "Refund" }, { outputSchema: {} }]) {
      expect(fingerprintOfTools([{ ...before, ...change }])).not.toBe(fingerprint);
    }
    expect(fingerprintOfTools([{ ...before, icons: [], _meta: { seen: 1 } }])).toBe(fingerprint);
  });

  test("says so when there is none", () => expect(fingerprintOfTools([{ name: "\ud800" }])).toBeNull());
});

test("pages are one list once the last has come, also when two lists are read at the same time", () => {
  const pages = new ListedPages();
  const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }];
  expect(pages.add(undefined, [a], "2")).toBeNull();
  expect(pages.add(undefined, [a], "other")).toBeNull();
  expect(pages.add("2", [b], "3")).toBeNull();
  expect(pages.add("3", [c], undefined)).toEqual([a, b, c]);
  expect(pages.add("other", [b], undefined)).toEqual([a, b]);
  expect(pages.add("unknown", [c], undefined)).toBeNull();
});
