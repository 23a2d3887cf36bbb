import { describe, expect, it } from "vitest";
import { readManifestText } from "./read-manifest-text.ts";

const problems = (text: string): string[] => {
  const reading = readManifestText(text);
  return reading.ok ? [] : reading.problems;
};

describe("readManifestText", () => {
  it("reads JSON and YAML alike", () => {
    const json = '{ "model": { "name": "gpt-5" }, "prompt": "Be brief.", "tools": [{ "name": "order.get", "effect": "read" }] }';
    const yaml = "model:\n  name: gpt-5\nprompt: Be brief.\ntools:\n  - name: order.get\n    effect: read\n";
    expect(readManifestText(json)).toEqual(readManifestText(yaml));
    expect(readManifestText(json)).toMatchObject({ ok: true, manifest: { model: { name: "gpt-5" }, tools: [{ name: "order.get", inputSchema: {} }] } });
  });

  it("names the line of what is wrong", () => {
    expect(problems("model:\n  name: gpt-5\nprompt: Hi\ntools:\n  - name: a\n    effect: delete\n")[0]).toMatch(/^Line 6, tools\.0\.effect: /);
    expect(problems("model:\n  name: gpt-5\nprompt: Hi\n")[0]).toMatch(/^Line 1, tools: /);
    expect(problems('{\n  "model": {"name": "x"},\n  "prompt" "Hi"\n}')[0]).toMatch(/^Line 3: /);
  });

  it.each([
    ["nothing", "  \n"], ["a list", "- model"], ["a custom tag", "model: !!js/function 'x'\nprompt: a\ntools: []"], ["a tag of its own", "model: !evil x\nprompt: a\ntools: []"],
    ["a key twice", "model: {name: a}\nprompt: a\nprompt: b\ntools: []"], ["two documents", "model: {name: a}\n---\nprompt: b"],
    ["two tools of one name", "model: {name: a}\nprompt: a\ntools: [{name: t, effect: read}, {name: t, effect: write}]"],
    ["an unknown key", "model: {name: a}\nprompt: a\ntools: []\nmodle: b"],
  ])("refuses %s", (_name, text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });

  it("refuses aliases that would blow up", () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level}: &l${level} [${Array.from({ length: 10 }, () => (level === 0 ? "x" : `*l${level - 1}`)).join(", ")}]`);
    const started = performance.now();
    expect(problems(levels.join("\n")).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("refuses what is too large before it is read", () => {
    expect(problems(`prompt: ${"x".repeat(900_001)}`)[0]).toMatch(/larger than 900 kB/);
  });
});
