import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { componentsOf, digestOf, fingerprintOf, promptHashOf, shortFingerprint, toolContractDigest } from "./fingerprint.ts";
import { manifestSchema, type Json } from "./manifest.ts";

const tool = { name: "order_get", description: "Reads an order.", inputSchema: { type: "object", properties: { id: { type: "string" } } }, effect: "read" };
const manifest = (more: Record<string, unknown> = {}) =>
  manifestSchema.parse({ model: { name: "atlas-4.1", parameters: { temperature: 0 } }, prompt: "Be brief.", tools: [tool], ...more });
const fingerprint = (more?: Record<string, unknown>): string => fingerprintOf(componentsOf(manifest(more)));

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => reversed(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).toReversed().map(([key, member]) => [key, reversed(member)]));
}

const wellFormedJson = fc.jsonValue({ stringUnit: "grapheme" }) as fc.Arbitrary<Json>;

describe("a digest", () => {
  test("is the one of RFC 8785, section 3.2.2", () => {
    // The example of the RFC; printf '%s' '<canonical form>' | sha256sum gives the same.
    const example = { numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27], string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/", literals: [null, true, false] };
    const canonical = '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
    expect(digestOf(example)).toBe(`sha256:${promptHashOf(canonical)}`);
  });

  // RFC 8785, section 3.2.3 (keys by UTF-16 code units) and appendix B (numbers).
  test.each<[string, unknown, string]>([
    ["keys by UTF-16 code units", { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 }, '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}'],
    ["numbers", [-0, 5e-324, 1.7976931348623157e308, 9007199254740992, 295147905179352830000, 9.999999999999997e22, 1e23, 999999999999999700000, 1e21, 0.000001, 1e-7], "[0,5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000,9.999999999999997e+22,1e+23,999999999999999700000,1e+21,0.000001,1e-7]"],
  ])("sorts and writes as the RFC does: %s", (_, value, canonical) => {
    expect(digestOf(value as Json)).toBe(`sha256:${promptHashOf(canonical)}`);
  });

  test("does not depend on the order of keys", () => {
    fc.assert(fc.property(wellFormedJson, (value) => {
      expect(digestOf(reversed(value))).toBe(digestOf(value));
    }));
  });

  test.each<[string, unknown]>([
    ["a number that is not finite", { limit: Number.POSITIVE_INFINITY }],
    ["no number", [Number.NaN]],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["a date", { at: new Date(0) }],
    ["a hole", [undefined]],
    ["nothing", undefined],
    ["a function", { run: () => 1 }],
    ["a big integer", [10n]],
    ["a map", new Map()],
  ])("refuses %s", (_, value) => {
    expect(() => digestOf(value as Json)).toThrow();
  });

  test("refuses a circle", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => digestOf(circle as Json)).toThrow();
  });

  test("counts a member without a value as absent, as storage does", () => {
    expect(digestOf({ a: 1, b: undefined } as unknown as Json)).toBe(digestOf({ a: 1 }));
  });
});

describe("components", () => {
  test("have names, and kinds that are absent give none", () => {
    const names = (more?: Record<string, unknown>) => componentsOf(manifest(more)).map(({ kind, name }) => `${kind} ${name}`);
    expect(names()).toEqual(["model model", "prompt main", "tool order_get"]);
    expect(names({ prompt: [{ name: "planner", text: "a" }, { name: "writer", text: "b" }], policy: {}, memory: "buffer", escalation: {}, workflow: ["a"], retrieval: [{ name: "faq" }] })).toEqual([
      "model model", "prompt planner", "prompt writer", "tool order_get", "policy policy", "memory memory", "escalation escalation", "workflow workflow", "retrieval faq",
    ]);
    expect(names({ memory: null })).toEqual(names());
  });

  test("of a prompt written as a string and as a list of one are the same", () => {
    expect(fingerprint({ prompt: [{ name: "main", text: "Be brief." }] })).toBe(fingerprint());
  });
});

describe("a fingerprint", () => {
  test("does not depend on the order of components, nor on the label", () => {
    const components = componentsOf(manifest({ tools: [tool, { ...tool, name: "b" }, { ...tool, name: "c" }], policy: { limits: { a: 1 } } }));
    fc.assert(fc.property(fc.shuffledSubarray(components, { minLength: components.length }), (shuffled) => {
      expect(fingerprintOf(shuffled)).toBe(fingerprintOf(components));
    }));
    expect(fingerprint({ label: "v7" })).toBe(fingerprint());
  });

  test("changes with one character of the prompt", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(), (text, at) => {
      const index = at % text.length;
      const edited = `${text.slice(0, index)}${text[index] === "x" ? "y" : "x"}${text.slice(index + 1)}`;
      expect(fingerprint({ prompt: edited.toWellFormed() })).not.toBe(fingerprint({ prompt: text }));
    }));
  });

  test.each<[string, Record<string, unknown>]>([
    ["the model", { model: { name: "atlas-4.2", parameters: { temperature: 0 } } }],
    ["a parameter", { model: { name: "atlas-4.1", parameters: { temperature: 0.1 } } }],
    ["a tool's effect", { tools: [{ ...tool, effect: "write" }] }],
    ["a tool's name", { tools: [{ ...tool, name: "order_get2" }] }],
    ["a tool's system", { tools: [{ ...tool, system: "shop" }] }],
    ["no tools", { tools: [] }],
    ["a policy", { policy: {} }],
    ["the name of a prompt", { prompt: [{ name: "other", text: "Be brief." }] }],
  ])("changes with %s", (_, more) => {
    expect(fingerprint(more)).not.toBe(fingerprint());
  });

  test("keeps two names apart that would run together", () => {
    const digest = digestOf(1);
    const of = (kind: "tool" | "prompt", name: string) => ({ kind, name, digest });
    expect(fingerprintOf([of("tool", 'a",""]')])).not.toBe(fingerprintOf([of("tool", "a")]));
    expect(fingerprintOf([of("tool", "a")])).not.toBe(fingerprintOf([of("prompt", "a")]));
  });

  test.each([["sha256:9f3c41d2aaaa", "9f3c 41d2"], ["9f3c41d2aaaa", "9f3c 41d2"], ["", ""]])("%s is shown as %s", (full, short) => {
    expect(shortFingerprint(full)).toBe(short);
  });
});

// The time limit is the assertion.
test("a thousand tools are fingerprinted at once", () => {
  const tools = Array.from({ length: 1_000 }, (_, at) => ({ ...tool, name: `tool ${at}`, description: "Reads an order. ".repeat(20) }));
  expect(componentsOf(manifest({ tools }))).toHaveLength(1_002);
  expect(fingerprint({ tools: tools.toReversed() })).toBe(fingerprint({ tools }));
}, 3_000);

describe("what traffic carries", () => {
  test("a tool contract ignores how absence is written", () => {
    const plain = toolContractDigest({ name: "a" });
    expect(toolContractDigest({ name: "a", description: null, inputSchema: null })).toBe(plain);
    expect(toolContractDigest({ name: "a", description: "", inputSchema: {} })).toBe(plain);
    expect(toolContractDigest({ name: "a", description: "b" })).not.toBe(plain);
    expect(toolContractDigest({ name: "a", inputSchema: { type: "object" } })).not.toBe(plain);
    expect(toolContractDigest({ name: "b" })).not.toBe(plain);
  });

  test("what cannot be written canonically never throws and equals nothing that can", () => {
    const odd = toolContractDigest({ name: "a", description: "\ud800" });
    expect(odd).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(odd).not.toBe(toolContractDigest({ name: "a", description: "\ufffd" }));
    expect(toolContractDigest({ name: "a", inputSchema: 10n })).toMatch(/^sha256:/);
  });

  test("a prompt hash is the SHA-256 of the exact text", () => {
    expect(promptHashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(promptHashOf("abc ")).not.toBe(promptHashOf("abc"));
  });
});
