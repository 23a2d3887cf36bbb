import { describe, expect, test } from "vitest";
import { compareObservation, promptHashOf, toolContractDigest, type DeclaredRecipe, type ObservedFacet, type RecipeFault } from "./compare-recipe.ts";
import { componentsOf, fingerprintOf } from "./fingerprint.ts";
import { manifestSchema } from "./manifest.ts";

const schema = { type: "object", properties: { id: { type: "string" } } };
const components = componentsOf(manifestSchema.parse({
  model: { name: "gpt-4o" }, prompt: [{ name: "main", text: "Be brief." }, { name: "judge", text: "Be fair." }],
  tools: [{ name: "order_get", description: "Reads.", inputSchema: schema, effect: "read" }, { name: "ping", effect: "read" }],
}));
const fingerprint = fingerprintOf(components);
const declared = (version: Partial<DeclaredRecipe["version"]> = {}, more: Partial<DeclaredRecipe> = {}): DeclaredRecipe =>
  ({ version: { id: "av_1", label: "7", number: 7, fingerprint, isApproved: true, isInReview: false, ...version }, components, ...more });
const withModel = (name: string): DeclaredRecipe => declared({}, { components: componentsOf(manifestSchema.parse({ model: { name }, prompt: "x", tools: [] })) });
const observe = (facet: ObservedFacet, name: string, value: string, recipe: DeclaredRecipe | null = declared(), runInShadow = false) => compareObservation({ facet, name, value }, recipe, { runInShadow });

describe("what traffic shows", () => {
  test.each<[string, ReturnType<typeof observe>, RecipeFault | null, RegExp]>([
    ["the model", observe("model", "model", "gpt-4o"), null, /declared one/],
    ["another model", observe("model", "model", "gpt-4o-mini"), "component_differs", /`gpt-4o-mini`, and `gpt-4o` is declared/],
    ["the prompt", observe("prompt", "prompt", promptHashOf("Be brief.")), null, /declared one/],
    ["the second prompt", observe("prompt", "prompt", promptHashOf("Be fair.")), null, /declared one/],
    ["a prompt with one more space", observe("prompt", "prompt", promptHashOf("Be brief. ")), "component_differs", /system prompt differs/],
    ["the tool", observe("tool", "order_get", toolContractDigest({ name: "order_get", description: "Reads.", inputSchema: schema })), null, /declared one/],
    ["a tool with members in another order", observe("tool", "order_get", toolContractDigest({ name: "order_get", description: "Reads.", inputSchema: { properties: { id: { type: "string" } }, type: "object" } })), null, /declared one/],
    ["a tool without schema and description", observe("tool", "ping", toolContractDigest({ name: "ping", description: null, inputSchema: null })), null, /declared one/],
    ["a tool with another description", observe("tool", "order_get", toolContractDigest({ name: "order_get", description: "Reads!", inputSchema: schema })), "component_differs", /another contract/],
    ["a tool nobody declared", observe("tool", "wire", toolContractDigest({ name: "wire" })), "component_differs", /never declared/],
    ["another tool's contract", observe("tool", "ping", toolContractDigest({ name: "order_get", description: "Reads.", inputSchema: schema })), "component_differs", /another contract/],
    ["the fingerprint", observe("fingerprint", "fingerprint", fingerprint), null, /that of version 7/],
    ["another fingerprint", observe("fingerprint", "fingerprint", "sha256:aaaabbbb"), "other_fingerprint", /aaaa bbbb is not that of version 7/],
    ["the label", observe("version", "version", "7"), null, /names version 7/],
    ["a label nobody registered", observe("version", "version", "8", null), "unknown_version", /`8` was never registered/],
    ["a fingerprint nobody registered", observe("fingerprint", "fingerprint", "sha256:aaaabbbb", null), "other_fingerprint", /never registered/],
    ["anything where nothing is registered", observe("model", "model", "gpt-4o", null), "unknown_version", /Nothing is registered/],
    ["a version nobody approved", observe("model", "model", "gpt-4o", declared({ isApproved: false })), "unapproved_version", /Version 7 runs, and nobody/],
    ["a candidate outside shadow", observe("model", "model", "gpt-4o", declared({ isApproved: false, isInReview: true })), "unapproved_version", /nobody/],
    ["a candidate in shadow", observe("model", "model", "gpt-4o", declared({ isApproved: false, isInReview: true }), true), null, /declared one/],
    ["a candidate in shadow that differs", observe("model", "model", "gpt-5", declared({ isApproved: false, isInReview: true }), true), "component_differs", /gpt-5/],
    ["a rejected version in shadow", observe("model", "model", "gpt-4o", declared({ isApproved: false }), true), "unapproved_version", /nobody/],
  ])("%s", (_, verdict, kind, reason) => {
    expect(verdict.kind).toBe(kind);
    expect(verdict.matches).toBe(kind === null);
    expect(verdict.reason).toMatch(reason);
  });

  test("names the component that differs", () => {
    expect(observe("tool", "wire", "x")).toMatchObject({ component: "tool", subject: "wire" });
    expect(observe("prompt", "prompt", "x")).toMatchObject({ component: "prompt", subject: "main" });
    expect(observe("model", "model", "x")).toMatchObject({ component: "model", subject: "model" });
    expect(observe("fingerprint", "fingerprint", "x").component).toBeUndefined();
  });

  test("cannot put words into the sentence", () => {
    for (const verdict of [observe("model", "model", "gpt`\n\u202e is fine"), observe("tool", "a`\n", "x"), observe("version", "version", "8`\n", null), observe("fingerprint", "fingerprint", "a\nb`", null)]) {
      expect(verdict.reason).not.toMatch(/[\n\u202e]/);
      expect(verdict.reason.split("`").length % 2).toBe(1);
      expect(verdict.reason.length).toBeLessThan(300);
    }
  });
});

describe("a model's name", () => {
  test.each<[string, string, boolean]>([
    ["gpt-4o", "gpt-4o", true], ["gpt-4o", "GPT-4o", true],
    ["gpt-4o", "gpt-4o-2024-11-20", true], ["claude-3-5-sonnet", "claude-3-5-sonnet-20241022", true], ["gpt-4", "gpt-4-0613", true], ["gemini-1.5-pro", "gemini-1.5-pro-002", true],
    ["azure/gpt-4o", "gpt-4o", true], ["gpt-4o", "azure/gpt-4o-2024-11-20", true], ["openrouter/openai/gpt-4o", "openai/gpt-4o", true],
    ["gpt-4o-2024-11-20", "gpt-4o-2024-08-06", false], ["gpt-4o-2024-11-20", "gpt-4o", false],
    ["gpt-4o", "gpt-4o-mini", false], ["gpt-4o", "gpt-4o-mini-2024-07-18", false], ["gpt-4", "gpt-4o", false], ["gpt-4", "gpt-4-32k", false], ["gpt-4o", "gpt-4", false],
    ["gpt-4o", "gpt-4o-2024-11-20-evil", false], ["gpt-4o", "gpt-4o-1", false], ["gpt-4o", "", false], ["llama-3", "llama-3-70b", false],
    ["a/", "b/", false], ["a/", "-2024-11-20", false], ["gpt-4o", "/", false],
  ])("%s is shown as %s: %s", (name, observed, isSame) => {
    expect(observe("model", "model", observed, withModel(name)).matches).toBe(isSame);
  });
});
