import { describe, expect, test } from "vitest";
import { decideByPolicy } from "./decide-by-policy.ts";
import { problemSentence } from "./policy-problem.ts";
import { MAX_POLICIES_BY_TOOLS, preparePolicy } from "./prepare-policy.ts";
import { MAX_BRACKETS, MAX_IFS, MAX_POLICIES } from "./scan-policy-text.ts";
import { FACTS, prepared, REFUND_TOOLS } from "../testing/refund-policy.ts";

const errorsOf = (text: string, tools = REFUND_TOOLS) => {
  const preparation = preparePolicy(text, tools);
  return preparation.ok ? [] : preparation.errors;
};
const allow = "permit(principal, action, resource);";
const when = (condition: string): string => `permit(principal, action, resource) when { ${condition} };`;

describe("a text that is no policy for these tools", () => {
  test.each<[string, string, RegExp]>([
    ["nothing", "", /no policy here/],
    ["a comment", "// allow all", /no policy here/],
    ["no Cedar", "allow everything", /unexpected/],
    ["half a policy", "permit(principal, action", /unexpected end/],
    ["something behind the last", `${allow} permit`, /unexpected/],
    ["a tool that is not there", 'permit(principal, action == Action::"refund_creat", resource);', /unrecognized action/],
    ["a resource that is not there", 'permit(principal, action, resource == Tool::"nope");', /not declared/],
    ["an argument that is not there", 'permit(principal, action == Action::"refund_create", resource) when { context.input.amout.lessThan(decimal("1.0")) };', /amout.*not found/],
    ["an argument that no policy can see", 'permit(principal, action == Action::"refund_create", resource) when { context.input.note == "x" };', /note.*not found/],
    ["an argument that may be missing", 'permit(principal, action == Action::"refund_create", resource) when { context.input.count > 1 };', /optional attribute/],
    ["a number beside a text", when('context.hour == "ten" || context.hour + "1" == 2'), /type/],
    ["a decimal compared as a whole number", 'permit(principal, action == Action::"refund_create", resource) when { context.input.amount < 10 };', /type|Long/],
    ["a decimal with five digits", 'permit(principal, action == Action::"refund_create", resource) when { context.input.amount.lessThan(decimal("1.00001")) };', /decimal/],
    ["a fact that is not there", when("context.spentToday > 1"), /not found/],
    ["a division by types", when("1 / 2 == 0"), /division is not supported/],
    ["a template", "permit(principal == ?principal, action, resource);", /template/],
    ["another principal", 'permit(principal == User::"dana", action, resource);', /entity type/],
    ["one id twice", `@id("a") ${allow} @id("a") ${allow}`, /Two policies have the id a/],
    ["an id that is another's number", `@id("policy-2") ${allow} ${allow}`, /Two policies have the id policy-2/],
    ["an empty id", `@id("") ${allow}`, /@id/],
    ["an id without a value", `@id ${allow}`, /@id/],
    ["an id that cannot be seen", `@id("a\\u{202e}") ${allow}`, /@id/],
    ["a misspelt decision", '@decision("require_aproval") forbid(principal, action, resource);', /@decision/],
    ["a decision without a value", "@decision forbid(principal, action, resource);", /@decision/],
    ["a permit that asks", `@decision("require_approval") ${allow}`, /stands on a forbid/],
    ["a forbid of low risk", '@decision("low_risk") forbid(principal, action, resource);', /stands on a permit/],
    ["approvers of nothing", `@approvers("role:finance") ${allow}`, /@approvers needs/],
    ["approvers without a kind", '@decision("require_approval") @approvers("finance") forbid(principal, action, resource);', /names like role:finance/],
    ["a lone half of a character", `// \ud800\n${allow}`, /Unicode/],
  ])("%s", (_, text, message) => {
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.message).toMatch(message);
    for (const { start, end, line, column } of errors) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(text.length);
      expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
    }
  });

  test("says where, in characters and not in bytes, and what could be meant", () => {
    const text = '// Erstattungen für 😀\n@id("öre")\npermit(principal, action == Action::"refund_create", resource)\nwhen { context.input.amout.lessThan(decimal("10.0")) };';
    const [error] = errorsOf(text);
    expect(error).toMatchObject({ line: 4, column: 8, policyId: "öre", help: expect.stringContaining("amount") as string });
    expect(text.slice(error?.start, error?.end)).toContain("context.input.amout");
    expect(error && problemSentence(error)).toMatch(/^line 4, column 8: attribute `input\.amout`.*\(did you mean `amount`\?\)$/);
  });

  test("says an error that all tools share once", () => {
    expect(errorsOf(when("context.nothing"))).toHaveLength(1);
  });

  test("keeps the parts of a long text apart: the twelfth policy is the twelfth", () => {
    const text = Array.from({ length: 14 }, (_, index) => (index === 11 ? 'permit(principal, action == Action::"x", resource);' : allow)).join("\n");
    expect(errorsOf(text)).toMatchObject([{ line: 12, policyId: "policy-12" }]);
  });
});

describe("a text that is too much", () => {
  test.each<[string, string]>([
    ["bytes", `${allow} // ${"ö".repeat(50_001)}`],
    ["policies", Array.from({ length: MAX_POLICIES + 1 }, () => allow).join("\n")],
    ["brackets", when(`${"(".repeat(MAX_BRACKETS)}true${")".repeat(MAX_BRACKETS)}`)],
    ["brackets without end", "(".repeat(90_000)],
    ["lists in lists", when(`${"[".repeat(5_000)}${"]".repeat(5_000)}.contains(1)`)],
    ["records in records", when(`${"{a:".repeat(5_000)}1${"}".repeat(5_000)} == {a: 1}`)],
    ["ifs", when(`${"if true then ".repeat(MAX_IFS + 1)}true${" else false".repeat(MAX_IFS + 1)}`)],
    ["and in a row", when(Array.from({ length: 500 }, () => "true").join(" && "))],
    ["or in a row", when(Array.from({ length: 9_000 }, () => "true").join(" || "))],
    ["sums in a row", when(`${Array.from({ length: 5_000 }, () => "1").join(" + ")} == 1`)],
    ["dots in a row", when(`context${".x".repeat(5_000)}`)],
    ["negations in a row", when(`${"!".repeat(50_000)}true`)],
    ["names in a row", `permit(principal is ${"A::".repeat(20_000)}A, action, resource);`],
  ])("is refused before it can harm the engine: %s", (_, text) => {
    expect(errorsOf(text).length).toBeGreaterThan(0);
    // A stack that ran over would leave the engine unable to answer anything until the process ends.
    expect(decideByPolicy(prepared(allow), { tool: "order_get", input: { order: "A-1" }, facts: FACTS })).toMatchObject({ decision: "permit" });
  });

  test.each<[string, string]>([
    ["brackets", when(`${"(".repeat(MAX_BRACKETS - 1)}true${")".repeat(MAX_BRACKETS - 1)}`)],
    ["records", when(`${"{a:".repeat(MAX_BRACKETS - 1)}1${"}".repeat(MAX_BRACKETS - 1)} == ${"{a:".repeat(MAX_BRACKETS - 1)}1${"}".repeat(MAX_BRACKETS - 1)}`)],
    ["ifs", when(`${"if true then ".repeat(MAX_IFS)}true${" else false".repeat(MAX_IFS)}`)],
    ["ands", when(Array.from({ length: 98 }, () => "true").join(" && "))],
    ["a long list", when(`[${Array.from({ length: 9_000 }, (_, index) => index).join(",")}].contains(context.hour)`)],
    ["everything at once", when(`${"(if true then (".repeat(15)}${Array.from({ length: 60 }, () => "true").join(" && ")}${") else false)".repeat(15)}`)],
    ["policies", Array.from({ length: MAX_POLICIES }, () => allow).join("\n")],
  ])("at the edge it decides: %s", (_, text) => {
    expect(decideByPolicy(prepared(text), { tool: "order_get", input: { order: "A-1" }, facts: FACTS })).toMatchObject({ decision: "permit" });
  });

  test("policies times tools", () => {
    const tools = Array.from({ length: 2_000 }, (_, index) => ({ ...(REFUND_TOOLS[0] as (typeof REFUND_TOOLS)[0]), name: `t${index}` }));
    const count = MAX_POLICIES_BY_TOOLS / tools.length;
    expect(errorsOf(Array.from({ length: count + 1 }, () => allow).join("\n"), tools)).toMatchObject([{ message: expect.stringContaining("at most 10 policies") as string }]);
    expect(errorsOf(Array.from({ length: count }, () => allow).join("\n"), tools)).toEqual([]);
    expect(errorsOf(`permit(principal, action in [${tools.map(({ name }) => `Action::"${name}"`).join(", ")}], resource);`, tools)).toEqual([]);
  });
});

test("a policy has the id, the annotations and the letters of its text", () => {
  const text = `// first\n@id("cap") @decision("require_approval") @approvers("role:finance, person:dana.b@example.com,role:finance")\nforbid(principal, action, resource) // "not" the end;\nwhen { context.hour > 20 };\n\n@decision("low_risk")\npermit(principal, action == Action::"order_get", resource);`;
  const { rules, warnings } = prepared(text);
  expect([...rules.values()]).toEqual([
    { id: "cap", effect: "forbid", asks: true, isLowRisk: false, approvers: ["role:finance", "person:dana.b@example.com"], persons: 1, actions: null, reads: { facts: new Set(["hour"]), args: new Set() }, text: text.slice(text.indexOf("@id"), text.indexOf("\n\n")) },
    { id: "policy-2", effect: "permit", asks: false, isLowRisk: true, approvers: [], persons: 1, actions: new Set(["order_get"]), reads: { facts: new Set(), args: new Set() }, text: text.slice(text.indexOf('@decision("low_risk")')) },
  ]);
  expect(warnings).toMatchObject([{ policyId: "cap", line: 2, message: expect.stringContaining("No approval lifts") as string }]);
});
