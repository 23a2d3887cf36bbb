import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyChange } from "./classify-change.ts";
import { diffComponents, unchangedKinds } from "./diff-components.ts";
import { byConsequence, FACT_GROUPS, FACT_KINDS, type FactKind } from "./fact.ts";
import { componentsOf, digestOf, fingerprintOf } from "./fingerprint.ts";
import { manifestSchema, type Component } from "./manifest.ts";
import { defaultReviewPolicy } from "./default-review-policy.ts";
import type { PolicyTrial } from "./policy-text-fact.ts";

type Raw = Record<string, unknown>;
const pay = { name: "pay", description: "Pays back.", inputSchema: { type: "object", properties: { amount: { maximum: 100 } }, additionalProperties: false }, effect: "write", system: "bank", compensation: { description: "void" } };
const read = { name: "read", inputSchema: {}, effect: "read" };
const BASE: Raw = { model: { provider: "openai", name: "gpt-4.1", parameters: { temperature: 0 } }, prompt: "Be brief.", tools: [pay, read], policy: { limits: { refund: 100 }, rules: ["No gifts."] }, memory: { window: 5 }, escalation: { rules: ["Legal words"] }, workflow: ["plan"], retrieval: [{ name: "faq", url: "a" }] };
const parts = (raw: Raw): Component[] => componentsOf(manifestSchema.parse(raw));
const facts = (change: Raw, base: Raw = BASE) => diffComponents(parts(base), parts({ ...base, ...change }));
const tools = (...list: Raw[]): Raw => ({ tools: list });

const CASES: [string, Raw, FactKind[], FactKind[]][] = [
  ["nothing", {}, [], []],
  ["a model", { model: { provider: "openai", name: "gpt-5", parameters: { temperature: 0 } } }, ["model_changed"], ["model_changed"]],
  ["a provider", { model: { provider: "azure", name: "gpt-4.1", parameters: { temperature: 0 } } }, ["model_changed"], ["model_changed"]],
  ["a name that moved into the provider", { model: { provider: "openai gpt-4.1", name: "x", parameters: { temperature: 1 } } }, ["model_changed", "model_parameters"], ["model_changed", "model_parameters"]],
  ["a parameter", { model: { provider: "openai", name: "gpt-4.1", parameters: { temperature: 1 } } }, ["model_parameters"], ["model_parameters"]],
  ["parameters that are gone", { model: { provider: "openai", name: "gpt-4.1" } }, ["model_parameters"], ["model_parameters"]],
  ["a prompt", { prompt: "Be long." }, ["prompt_wording"], ["prompt_wording"]],
  ["spaces in the prompt", { prompt: "Be  brief." }, ["prompt_whitespace"], ["prompt_whitespace"]],
  ["a comment in the prompt", { prompt: "Be brief. <!-- ok -->" }, ["prompt_comment"], ["prompt_comment"]],
  ["a second prompt", { prompt: [{ name: "main", text: "Be brief." }, { name: "judge", text: "Be fair." }] }, ["prompt_added"], ["prompt_removed"]],
  ["a prompt under another name", { prompt: [{ name: "writer", text: "Be brief." }] }, ["prompt_added", "prompt_removed"], ["prompt_added", "prompt_removed"]],
  ["a tool that reads", tools(pay, read, { ...read, name: "look" }), ["tool_added_read"], ["tool_removed"]],
  ["a tool that writes", tools(pay, read, { ...read, name: "note", effect: "write" }), ["tool_added_write"], ["tool_removed"]],
  ["a tool that cannot be undone", tools(pay, read, { ...read, name: "wire", effect: "irreversible" }), ["tool_added_irreversible"], ["tool_removed"]],
  ["a tool with a new system", tools(pay, read, { ...read, name: "look", system: "crm" }), ["external_system_added", "tool_added_read"], ["tool_removed", "external_system_removed"]],
  ["an effect", tools({ ...pay, effect: "irreversible" }, read), ["tool_effect_raised"], ["tool_effect_lowered"]],
  ["a schema", tools({ ...pay, inputSchema: { type: "object", properties: { amount: { maximum: 900 } }, additionalProperties: false } }, read), ["tool_schema_widened"], ["tool_schema_narrowed"]],
  ["a schema that is not understood", tools({ ...pay, inputSchema: { ...pay.inputSchema, anyOf: [{}] } }, read), ["tool_schema_changed"], ["tool_schema_changed"]],
  ["a tool's description", tools({ ...pay, description: "Pays anybody." }, read), ["tool_description"], ["tool_description"]],
  ["a tool's punctuation", tools({ ...pay, description: "Pays back" }, read), ["tool_description_punctuation"], ["tool_description_punctuation"]],
  ["a description that is empty instead of absent", tools(pay, { ...read, description: "" }), ["tool_schema_changed"], ["tool_schema_changed"]],
  ["a tool's output", tools({ ...pay, outputSchema: {} }, read), ["tool_output_changed"], ["tool_output_changed"]],
  ["no way back", tools({ ...pay, compensation: undefined }, read), ["compensation_removed"], ["compensation_added"]],
  ["another way back", tools({ ...pay, compensation: { description: "call" } }, read), ["compensation_changed"], ["compensation_changed"]],
  ["a limit", { policy: { limits: { refund: 500 }, rules: ["No gifts."] } }, ["policy_limit_raised"], ["policy_limit_lowered"]],
  ["a rule", { policy: { limits: { refund: 100 }, rules: [] } }, ["policy_rule_removed"], ["policy_rule_added"]],
  ["a policy's text", { policy: { limits: { refund: 100 }, rules: ["No gifts."], cedar: "permit(principal, action, resource);" } }, ["policy_text_changed"], ["policy_text_changed"]],
  ["a policy in another way", { policy: { limits: { refund: 100 }, rules: ["No gifts."], mode: 1 } }, ["policy_changed"], ["policy_changed"]],
  ["an escalation rule", { escalation: { rules: [] } }, ["escalation_rule_removed"], ["escalation_rule_added"]],
  ["escalation in another way", { escalation: { rules: ["Legal words"], after: 2 } }, ["escalation_changed"], ["escalation_changed"]],
  ["memory", { memory: { window: 6 } }, ["memory_changed"], ["memory_changed"]],
  ["no memory", { memory: null }, ["memory_changed"], ["memory_changed"]],
  ["workflow", { workflow: ["plan", "act"] }, ["workflow_changed"], ["workflow_changed"]],
  ["a source", { retrieval: [{ name: "faq", url: "a" }, { name: "wiki" }] }, ["retrieval_added"], ["retrieval_removed"]],
  ["a source set up differently", { retrieval: [{ name: "faq", url: "b" }] }, ["retrieval_changed"], ["retrieval_changed"]],
];

const TEXTS = [{ policy: { cedar: "a" } }, { policy: { cedar: "b" } }] as const;
const TRIED: [string, PolicyTrial, FactKind][] = [
  ["that permits more", { kind: "tried", decided: 1, since: null, steps: [{ before: "deny", after: "hold" }], doubt: "permit" }, "policy_text_widened"],
  ["that permits more and less", { kind: "tried", decided: 2, since: null, steps: [{ before: "deny", after: "hold" }, { before: "permit", after: "hold" }], doubt: "permit" }, "policy_text_mixed"],
  ["that permits nothing more", { kind: "tried", decided: 1, since: null, steps: [], doubt: null }, "policy_text_narrowed"],
  ["of which that is not known", { kind: "tried", decided: 1, since: null, steps: [], doubt: "forbid" }, "policy_text_changed"],
];

describe("facts", () => {
  test.each(TRIED)("of a policy text that was tried, %s", (_, trial, kind) => {
    expect(diffComponents(parts({ ...BASE, ...TEXTS[0] }), parts({ ...BASE, ...TEXTS[1] }), trial).map((fact) => fact.kind)).toEqual([kind]);
    expect(diffComponents(parts(BASE), parts({ ...BASE, prompt: "Be long." }), trial).map((fact) => fact.kind)).toEqual(["prompt_wording"]);
  });

  test.each(CASES)("%s", (_, change, forth, back) => {
    const found = facts(change);
    expect(found.map((fact) => fact.kind)).toEqual(forth);
    expect(diffComponents(parts({ ...BASE, ...change }), parts(BASE)).map((fact) => fact.kind)).toEqual(back);
    for (const { sentence, group } of found) {
      expect(sentence).toMatch(/\S/);
      expect(FACT_GROUPS).toContain(group);
    }
  });

  test("of every kind are found by some case", () => {
    expect(new Set([...CASES.flatMap(([, , forth, back]) => [...forth, ...back]), ...TRIED.map(([, , kind]) => kind)])).toEqual(new Set(FACT_KINDS));
  });

  test("of a first version are all gains, the model among them, and nothing is lost", () => {
    const found = diffComponents([], parts(BASE));
    expect(found.map((fact) => fact.kind)).toEqual([
      "tool_added_write", "external_system_added", "model_changed", "prompt_added", "tool_added_read", "retrieval_added", "memory_changed", "workflow_changed",
      "policy_limit_lowered", "policy_rule_added", "escalation_rule_added",
    ]);
    expect(found.some((fact) => fact.group === "loses")).toBe(false);
  });

  test("stand from the most to the least consequential, whatever the order of components", () => {
    const change = parts({ ...BASE, prompt: "Be  brief.", memory: 1, tools: [{ ...pay, effect: "irreversible", description: "Pays back" }] });
    const found = diffComponents(parts(BASE), change);
    expect(found).toEqual(found.toSorted(byConsequence));
    expect(diffComponents(parts(BASE).toReversed(), change.toReversed()).map(({ kind }) => kind)).toEqual(found.map(({ kind }) => kind));
  });

  test.each<[string, Raw, string]>([
    ["a model", { model: { name: "gpt-5" } }, "Model `openai gpt-4.1` → `gpt-5`."],
    ["a parameter", { model: { ...(BASE.model as Raw), parameters: { temperature: 1, seed: 7 } } }, "Model parameters: `temperature` 0 → 1 and `seed` unset → 7."],
    ["an inherited name", { model: { ...(BASE.model as Raw), parameters: { temperature: 0, constructor: "x" } } }, 'Model parameters: `constructor` unset → "x".'],
    ["memory", { memory: { window: 5, kind: "buffer" } }, "The memory strategy differs in `kind`."],
    ["no workflow", { workflow: null }, "The workflow is gone."],
    ["lines", { prompt: "Be brief.\nBe kind." }, "The prompt says something else: +1 −0 lines."],
  ])("say %s", (_, change, sentence) => {
    expect(facts(change)[0]?.sentence).toBe(sentence);
  });

  test("say that lines of a prompt only moved", () => {
    expect(facts({ prompt: "b\na" }, { ...BASE, prompt: "a\nb" })[0]?.sentence).toBe("The prompt says the same lines in another order.");
  });

  test("never let a name pose as our words", () => {
    const name = "pay` is harmless.\n\u202e`";
    const before: Raw = { ...BASE, tools: [], retrieval: [] };
    for (const { sentence } of [...facts({ tools: [{ ...pay, name, system: name }], retrieval: [{ name }], prompt: [{ name, text: "a" }], model: { name } }, before), ...facts({ memory: { [name]: 1 } })]) {
      expect(sentence).not.toMatch(/[\n\u202e]/);
      expect(sentence.split("`").length % 2).toBe(1);
    }
  });
});

test("kinds that stay the same are named", () => {
  expect(unchangedKinds(parts(BASE), parts({ ...BASE, prompt: "x", workflow: null }))).toEqual(["model", "tool", "policy", "memory", "escalation", "retrieval"]);
  expect(unchangedKinds([], parts(BASE))).toEqual([]);
});

const text = fc.constantFrom("Be brief.", "Be  brief.", "Be kind.", "", "a\nb", "b\na", "<!-- x -->");
const looseJson = fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" });
const anyTool = fc.record({
  name: fc.constantFrom("a", "b", "c"), effect: fc.constantFrom("read", "write", "irreversible"), description: fc.option(text, { nil: undefined }), system: fc.option(fc.constantFrom("", "x", "y"), { nil: undefined }),
  inputSchema: fc.dictionary(fc.constantFrom("type", "enum", "required", "properties", "maximum", "items", "additionalProperties", "odd"), looseJson, { noNullPrototype: true }),
  compensation: fc.option(fc.record({ description: text }), { nil: undefined }),
});
const anyRules = fc.dictionary(fc.constantFrom("rules2", "mode"), looseJson, { noNullPrototype: true });
const recipe = fc.record({
  model: fc.record({ name: fc.constantFrom("m", "n"), provider: fc.option(fc.constantFrom("", "p"), { nil: undefined }), parameters: fc.option(fc.dictionary(fc.constantFrom("t", "constructor"), looseJson, { noNullPrototype: true }), { nil: undefined }) }),
  prompt: fc.oneof(text, fc.uniqueArray(fc.record({ name: fc.constantFrom("main", "b"), text }), { minLength: 1, selector: (prompt) => prompt.name })),
  tools: fc.uniqueArray(anyTool, { maxLength: 3, selector: (tool) => tool.name }),
  policy: fc.option(fc.tuple(anyRules, fc.record({ limits: fc.dictionary(fc.constantFrom("a", "b"), fc.nat(2), { noNullPrototype: true }), rules: fc.array(fc.constantFrom("x", "y"), { maxLength: 3 }) }, { requiredKeys: [] })).map(([more, rest]) => ({ ...more, ...rest })), { nil: undefined }),
  escalation: fc.option(fc.record({ rules: fc.array(fc.constantFrom("x", "y"), { maxLength: 3 }) }, { requiredKeys: [] }), { nil: undefined }),
  memory: fc.option(looseJson), workflow: fc.option(looseJson),
  retrieval: fc.option(fc.uniqueArray(fc.record({ name: fc.constantFrom("f", "g"), more: looseJson }), { maxLength: 2, selector: (source) => source.name }), { nil: undefined }),
}).map((raw) => parts(raw));

describe("always", () => {
  test("two recipes with different fingerprints give at least one fact, and equal ones none", () => {
    fc.assert(fc.property(recipe, recipe, (before, after) => {
      expect(diffComponents(before, after).length === 0).toBe(fingerprintOf(before) === fingerprintOf(after));
      expect(diffComponents(before, before.toReversed())).toEqual([]);
    }), { numRuns: 300 });
  });

  test("one component that differs gives a fact about its kind", () => {
    fc.assert(fc.property(recipe, recipe, fc.nat(), (base, other, pick) => {
      const component = other[pick % other.length];
      if (!component) return;
      const changed = [...base.filter(({ kind, name }) => kind !== component.kind || name !== component.name), component];
      const differs = fingerprintOf(base) !== fingerprintOf(changed);
      expect(diffComponents(base, changed).some((fact) => fact.component === component.kind)).toBe(differs);
    }), { numRuns: 300 });
  });

  test("what is not understood is never harmless", () => {
    // Contents that no manifest allows, as a fault in storage might leave them.
    for (const kind of ["tool", "model", "prompt", "policy", "escalation", "memory", "workflow", "retrieval"] as const) {
      const odd = (more: Raw): Component => ({ kind, name: "x", content: { name: "x", text: "same", effect: "read", inputSchema: {}, ...more } as Component["content"], digest: digestOf({ kind, ...more } as Component["content"]) });
      const found = diffComponents([odd({})], [odd({ unheardOf: true })]);
      expect(found.length).toBeGreaterThan(0);
      expect(classifyChange(found, defaultReviewPolicy).class).not.toBe("harmless");
    }
  });

  test("a thousand tools are compared in one go", () => {
    const many = (maximum: number) => parts({ ...BASE, tools: Array.from({ length: 1_000 }, (_, at) => ({ ...pay, name: `tool ${at}`, inputSchema: { properties: { amount: { maximum } }, additionalProperties: false } })) });
    expect(diffComponents(many(1), many(2))).toHaveLength(1_000);
  }, 5_000);
});

interface Release { version: string; initialize: { serverInfo: { version: string } }; tools_list: { tools: { name: string; description?: string; inputSchema: Raw }[] } }
const FOLDER = "../shared/data/mcp-tools-list";
const releases = (name: string): Release[] => readFileSync(`${FOLDER}/server-filesystem.${name}.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Release);

describe.skipIf(!existsSync(FOLDER))("released versions of one MCP server, all labelled 0.2.0", () => {
  const READS = /^(read_|list_|search_|get_|directory_tree)/;
  const recipeOf = ({ tools_list }: Release): Component[] =>
    parts({ ...BASE, tools: tools_list.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema, effect: READS.test(name) ? "read" : "write" })) });
  const step = (name: string, from: string, to: string) => {
    const list = releases(name);
    const find = (version: string): Component[] => recipeOf(list.find((release) => release.version === version) as Release);
    return diffComponents(find(from), find(to));
  };
  const classOf = (found: ReturnType<typeof step>): string => classifyChange(found, defaultReviewPolicy).class;
  const said = (found: ReturnType<typeof step>): string[] => [...new Set(found.map(({ kind, subject }) => `${kind} ${subject}`))];

  test("are told apart by their fingerprints wherever their tools differ", () => {
    const all = ["release-era-deps", "as-resolved-2026-11-20"].flatMap(releases);
    expect(new Set(all.map(({ initialize }) => initialize.serverInfo.version))).toEqual(new Set(["0.2.0"]));
    for (const before of all) {
      for (const after of all) {
        const contract = ({ tools_list }: Release): string => JSON.stringify(tools_list.tools.map(({ name, description, inputSchema }) => [name, description, digestOf(inputSchema as never)]).toSorted());
        const isSame = contract(before) === contract(after);
        expect(fingerprintOf(recipeOf(before)) === fingerprintOf(recipeOf(after))).toBe(isSame);
        expect(diffComponents(recipeOf(before), recipeOf(after)).length === 0).toBe(isSame);
      }
    }
  });

  test.each<[string, string, string[], string]>([
    ["0.5.1", "0.6.2", [], "harmless"],
    ["0.6.2", "2025.3.28", ["tool_added_write edit_file", "tool_added_read directory_tree"], "critical"],
    ["2025.3.28", "2025.7.1", ["tool_added_read list_directory_with_sizes", "tool_schema_widened read_file", "tool_description read_file"], "critical"],
  ])("from %s to %s", (from, to, expected, changeClass) => {
    const found = step("release-era-deps", from, to);
    for (const fact of expected) expect(said(found)).toContain(fact);
    if (expected.length === 0) expect(found).toEqual([]);
    expect(classOf(found)).toBe(changeClass);
  });

  test("the same release with other dependencies lost its schemas, which is critical", () => {
    const [era, today] = ["release-era-deps", "as-resolved-2026-11-20"].map((name) => recipeOf(releases(name).find(({ version }) => version === "2025.7.1") as Release));
    const found = diffComponents(era ?? [], today ?? []);
    expect(said(found)).toContain("tool_schema_widened read_file");
    expect(classOf(found)).toBe("critical");
    // The way back refuses more, and describes properties that the model did not know.
    expect(diffComponents(today ?? [], era ?? []).some(({ kind }) => kind === "tool_schema_narrowed")).toBe(true);
  });
});

const PROMPTS = "../shared/data/prompt-history/gemini-cli.base-prompt.jsonl";
describe.skipIf(!existsSync(PROMPTS))("the history of a real prompt", () => {
  test("each step is material, or harmless where only spaces moved, or nothing at all", () => {
    const history = readFileSync(PROMPTS, "utf8").trim().split("\n").map((line) => (JSON.parse(line) as { prompt: string }).prompt);
    for (const [at, after] of history.entries()) {
      const before = history[at - 1];
      if (before === undefined) continue;
      const found = diffComponents(parts({ ...BASE, prompt: before }), parts({ ...BASE, prompt: after }));
      const isSpacing = before.replace(/\s+/g, " ").trim() === after.replace(/\s+/g, " ").trim();
      expect(found).toHaveLength(before === after ? 0 : 1);
      if (before !== after) expect(found[0]?.kind === "prompt_whitespace").toBe(isSpacing);
      expect(classifyChange(found, defaultReviewPolicy).class === "harmless").toBe(isSpacing || found[0]?.kind === "prompt_comment");
    }
  });
});
