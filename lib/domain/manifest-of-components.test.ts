import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { componentsOf, fingerprintOf } from "./fingerprint.ts";
import { manifestOfComponents } from "./manifest-of-components.ts";
import { manifestSchema } from "./manifest.ts";

const json = fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" });
const named = <Shape extends Record<string, unknown>>(shape: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }) =>
  fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 }).filter((name) => name.trim() === name), fc.record(shape)).map(([name, rest]) => ({ name, ...rest })), { maxLength: 3, selector: (item) => item.name });
const manifest = fc.record({
  label: fc.option(fc.constantFrom("1.0", "x"), { nil: undefined }), model: fc.record({ name: fc.constantFrom("m", "n"), parameters: fc.option(fc.dictionary(fc.string(), json), { nil: undefined }) }),
  prompt: fc.oneof(fc.string({ unit: "grapheme" }), named({ text: fc.string({ unit: "grapheme" }) }).filter((prompts) => prompts.length > 0)),
  tools: named({ effect: fc.constantFrom("read", "write"), inputSchema: fc.dictionary(fc.string({ unit: "grapheme" }), json), description: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }) }),
  policy: fc.option(fc.dictionary(fc.constantFrom("mode", "more"), json), { nil: undefined }), memory: fc.option(json), workflow: fc.option(json), escalation: fc.option(fc.record({ rules: fc.array(fc.string({ unit: "grapheme" })) }), { nil: undefined }),
  retrieval: fc.option(named({ more: json }), { nil: undefined }),
}).map((raw) => manifestSchema.parse(raw));

describe("the way back from components", () => {
  test("gives a manifest of the same recipe", () => {
    fc.assert(fc.property(manifest, (original) => {
      const components = componentsOf(original);
      const again = manifestOfComponents(components, original.label ?? null);
      expect(componentsOf(again)).toEqual(components);
      expect(fingerprintOf(componentsOf(again))).toBe(fingerprintOf(components));
      expect(again.label).toBe(original.label);
    }));
  });

  test("keeps values that look like nothing", () => {
    for (const memory of [false, 0, "", [], {}]) expect(manifestOfComponents(componentsOf(manifestSchema.parse({ model: { name: "m" }, prompt: "", tools: [], memory }))).memory).toEqual(memory);
  });

  test("refuses what is no recipe", () => {
    const components = componentsOf(manifestSchema.parse({ model: { name: "m" }, prompt: "a", tools: [] }));
    expect(() => manifestOfComponents([])).toThrow();
    expect(() => manifestOfComponents(components.filter(({ kind }) => kind !== "model"))).toThrow();
    expect(() => manifestOfComponents(components.filter(({ kind }) => kind !== "prompt"))).toThrow();
    expect(() => manifestOfComponents([...components, ...components.filter(({ kind }) => kind === "prompt")])).toThrow("same name");
  });
});
