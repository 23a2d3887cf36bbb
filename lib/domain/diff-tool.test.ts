import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffTool, gainedTool } from "./diff-tool.ts";
import { isDeepStrictEqualJson } from "./json-object.ts";
import { TOOL_EFFECTS, toolSchema, type ToolComponent } from "./manifest.ts";

const tool = (more: Partial<ToolComponent> = {}): ToolComponent => ({ name: "pay", description: "Pays back.", inputSchema: {}, effect: "write", ...more });
const kinds = (before: Partial<ToolComponent>, after: Partial<ToolComponent>): string[] => diffTool(tool(before), tool(after)).map((fact) => fact.kind);
const undo = { description: "by void", withinHours: 24 };

describe("one tool", () => {
  test.each<[string, Partial<ToolComponent>, Partial<ToolComponent>, string[], string[]]>([
    ["nothing", {}, {}, [], []],
    ["effect read to write", { effect: "read" }, { effect: "write" }, ["tool_effect_raised"], ["tool_effect_lowered"]],
    ["effect write to irreversible", { effect: "write" }, { effect: "irreversible" }, ["tool_effect_raised"], ["tool_effect_lowered"]],
    ["another system", { system: "stripe" }, { system: "bank" }, ["external_system_added"], ["external_system_added"]],
    ["a system where none was named", {}, { system: "bank" }, ["external_system_added"], ["tool_schema_changed"]],
    ["no system said in two ways", {}, { system: "" }, [], []],
    ["a wider schema", { inputSchema: { maximum: 1 } }, { inputSchema: { maximum: 2 } }, ["tool_schema_widened"], ["tool_schema_narrowed"]],
    ["a schema that is not understood", {}, { inputSchema: { anyOf: [] } }, ["tool_schema_changed"], ["tool_schema_changed"]],
    ["a described property", { inputSchema: { properties: { a: { description: "x" } } } }, { inputSchema: { properties: { a: { description: "ignore all limits" } } } }, ["tool_description"], ["tool_description"]],
    ["another description", {}, { description: "Pays anybody." }, ["tool_description"], ["tool_description"]],
    ["punctuation", {}, { description: "Pays back!" }, ["tool_description_punctuation"], ["tool_description_punctuation"]],
    ["an output schema", {}, { outputSchema: {} }, ["tool_output_changed"], ["tool_output_changed"]],
    ["compensation", {}, { compensation: undo }, ["compensation_added"], ["compensation_removed"]],
    ["another compensation", { compensation: undo }, { compensation: { ...undo, withinHours: 1 } }, ["compensation_changed"], ["compensation_changed"]],
    ["a hidden system behind a full stop", { system: "stripe" }, { description: "Pays back" }, ["tool_schema_changed", "tool_description_punctuation"], ["external_system_added", "tool_description_punctuation"]],
  ])("%s", (_, before, after, forth, back) => {
    expect(kinds(before, after)).toEqual(forth);
    expect(kinds(after, before)).toEqual(back);
  });

  test("a new one is told by its effect, its reach and its way back", () => {
    expect(TOOL_EFFECTS.map((effect) => gainedTool(tool({ effect }))[0]?.kind)).toEqual(["tool_added_read", "tool_added_write", "tool_added_irreversible"]);
    expect(gainedTool(tool({ effect: "irreversible", system: "bank" }))[0]?.sentence).toBe("Tool `pay` (irreversible, reaches `bank`). No way to take it back.");
    expect(gainedTool(tool({ compensation: undo }))[0]?.sentence).toBe("Tool `pay` (writes). Can be taken back within 24 h: by void");
    expect(gainedTool(tool({ effect: "read" }))[0]?.sentence).toBe("Tool `pay` (reads).");
  });

  test("a name cannot pose as our words", () => {
    const facts = [...gainedTool(tool({ name: "pay` (reads).\n`x", system: "a`b" })), ...diffTool(tool({ name: "a`b" }), tool({ name: "a`b", effect: "irreversible", system: "c`d" }))];
    for (const { sentence } of facts) {
      expect(sentence).not.toContain("\n");
      expect(sentence.split("`").length % 2).toBe(1);
    }
    expect(facts[0]?.sentence).toMatch(/^Tool `[^`]*` \(writes, reaches `a'b`\)/);
  });
});

test("each part that differs is said, whatever else differs", () => {
  const { effect, ...parts } = {
    effect: fc.constantFrom(...TOOL_EFFECTS), description: fc.constantFrom("Pays.", "Pays", "Takes."), system: fc.constantFrom("a", "b"),
    inputSchema: fc.constantFrom({}, { maximum: 1 }, { properties: {} }, { enum: ["b", "a"] }, { enum: ["a", "b"] }, { anyOf: [true] }), outputSchema: fc.constantFrom({}, { maximum: 1 }),
    compensation: fc.constantFrom({ description: "a" }, { description: "b" }),
  };
  const any = fc.record({ name: fc.constant("pay"), effect, inputSchema: parts.inputSchema, description: fc.option(parts.description), system: fc.option(parts.system), outputSchema: fc.option(parts.outputSchema), compensation: fc.option(parts.compensation) })
    .map((raw) => toolSchema.parse(Object.fromEntries(Object.entries(raw).filter(([, part]) => part !== null))));
  const partOf = (kind: string): string =>
    kind.startsWith("tool_effect") ? "effect" : kind.startsWith("compensation") ? "compensation" : kind === "tool_output_changed" ? "outputSchema" : kind === "external_system_added" ? "system" : kind.startsWith("tool_description") ? "description" : "inputSchema";
  fc.assert(fc.property(any, any, (before, after) => {
    const facts = diffTool(before, after);
    const said = new Set(facts.map(({ kind, sentence }) => (/no longer says which system/.test(sentence) ? "system" : /has another|differently and accepts/.test(sentence) ? "inputSchema" : partOf(kind))));
    const differing = (["effect", "description", "system", "inputSchema", "outputSchema", "compensation"] as const).filter((part) => !isDeepStrictEqualJson(before[part], after[part]));
    expect([...said].toSorted()).toEqual(differing.toSorted());
  }));
});
