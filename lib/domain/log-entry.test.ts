import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findLogFault, leafHashOf } from "./log-entry.ts";

const entries = (bodies: readonly string[], first = 0) => bodies.map((body, at) => ({ index: first + at, body, hash: leafHashOf(body) as Uint8Array }));

describe("a leaf hash", () => {
  // RFC 6962 §2.1.1: the leaf of no bytes, and as in the test data of the certificate-transparency project.
  test.each([["", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"], ["L123456", "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"]])("of %j", (body, hex) => {
    expect(leafHashOf(body).toString("hex")).toBe(hex);
  });
});

describe("a fault in the log", () => {
  const good = entries(["a", "b", "c"], 5);
  const [a, b, c] = good as [(typeof good)[number], (typeof good)[number], (typeof good)[number]];
  test.each<[string, typeof good, ReturnType<typeof findLogFault>]>([
    ["none", good, null],
    ["no entries", [], null],
    ["one left out", [a, c], { index: 7, fault: "gap" }],
    ["one twice", [a, b, b], { index: 6, fault: "gap" }],
    ["two exchanged", [b, a, c], { index: 5, fault: "gap" }],
    ["one edited", [a, { ...b, body: "B" }, c], { index: 6, fault: "hash" }],
    ["the first edited", [{ ...a, body: "A" }, b], { index: 5, fault: "hash" }],
    ["a hash that is cut", [{ ...a, hash: a.hash.slice(0, 31) }], { index: 5, fault: "hash" }],
    ["a hash without the leaf's zero byte", entries(["x"]).map((entry) => ({ ...entry, body: `\u0000${entry.body}` })), { index: 0, fault: "hash" }],
  ])("%s", (_, list, fault) => {
    expect(findLogFault(list)).toEqual(fault);
  });

  test("is found wherever one character was edited", () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 8 }), fc.nat(), (bodies, pick) => {
      const at = pick % bodies.length;
      const list = entries(bodies);
      expect(findLogFault(list)).toBeNull();
      expect(findLogFault(list.map((entry, index) => (index === at ? { ...entry, body: `${entry.body} ` } : entry)))).toEqual({ index: at, fault: "hash" });
    }));
  });
});
