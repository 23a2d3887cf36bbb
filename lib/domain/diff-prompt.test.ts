import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparePrompts, countChangedLines, differsOnlyInPunctuation, type PromptChange } from "./diff-prompt.ts";

describe("the kind of an edit", () => {
  test.each<[string, string, string, PromptChange]>([
    ["nothing", "a b", "a b", "equal"],
    ["more spaces", "a b", "a   b", "whitespace"],
    ["a line break for a space", "a b", "a\nb", "whitespace"],
    ["Windows line ends", "a\nb", "a\r\nb", "whitespace"],
    ["space at the end", "a b", "a b \n", "whitespace"],
    ["a space that was not there", "now here", "nowhere", "wording"],
    ["an invisible character", "ab", "a\u200bb", "wording"],
    ["an HTML comment", "Be brief.", "Be brief.\n<!-- owner: Bea -->", "comment"],
    ["another comment", "a <!-- one --> b", "a <!-- two --> b", "comment"],
    ["a Jinja comment", "a", "{# note #}\na", "comment"],
    ["a Handlebars comment", "a", "{{! note }} a", "comment"],
    ["a Handlebars comment with braces", "a", "{{!-- {{x}} --}} a", "comment"],
    ["a long Handlebars comment that ends like a short one", "a", "{{!-- note }} a", "wording"],
    ["a comment over lines", "a", "a <!-- b\nc -->", "comment"],
    ["a comment that is never closed", "a", "a <!-- b", "wording"],
    ["words put into a comment", "Never refund.", "<!-- Never refund. -->", "wording"],
    ["words taken out of a comment", "<!-- Refund. --> a", "Refund. a", "wording"],
    ["a comment that splits a word", "unsafe", "un<!-- x -->safe", "wording"],
    ["a comment that glues words", "un safe", "un<!-- x -->safe", "wording"],
    ["a comment in a comment", "a", "a <!-- <!-- x --> y -->", "wording"],
    ["a comment made by taking out a comment", "a", "a <!<!-- x -->-- y -->", "wording"],
    ["a markdown heading", "a", "# Note\na", "wording"],
    ["a line that looks like code", "a", "// note\na", "wording"],
    ["another case", "must", "MUST", "wording"],
    ["a digit", "at most 150 EUR", "at most 400 EUR", "wording"],
    ["a mark", "No, refund.", "No refund.", "wording"],
  ])("%s", (_, before, after, kind) => {
    expect(comparePrompts(before, after)).toBe(kind);
    expect(comparePrompts(after, before)).toBe(kind);
  });

  test("only equal texts are equal, and another word is always wording", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
      expect(comparePrompts(before, after) === "equal").toBe(before === after);
      expect(comparePrompts(before, `${before} x`)).toBe("wording");
    }));
  });

  test.each<[string, string, string]>([
    ["openings that are never closed", "<!--".repeat(250_000), "{#".repeat(500_000)],
    ["openings of every kind", "<!--{#{{!--{{!".repeat(70_000), "x"],
    ["spaces", `${" ".repeat(1_000_000)}a`, `${" ".repeat(999_999)}b`],
    ["comments", "<!-- a -->".repeat(100_000), "{# a #} b".repeat(100_000)],
  ])("a million %s are read in linear time", (_, before, after) => {
    expect(comparePrompts(before, after)).toBe("wording");
  }, 5_000);
});

describe("the lines of an edit", () => {
  test.each<[string, string, string, number, number]>([
    ["nothing", "a\nb", "a\nb", 0, 0],
    ["one more", "a", "a\nb", 1, 0],
    ["one less", "a\nb", "b", 0, 1],
    ["one rewritten", "a\nb", "a\nc", 1, 1],
    ["one moved", "a\nb", "b\na", 0, 0],
    ["one repeated", "a", "a\na", 1, 0],
    ["from nothing", "", "a\nb", 2, 0],
    ["other line ends", "a\r\nb", "a\nb", 0, 0],
    ["an inherited name", "constructor", "__proto__", 1, 1],
  ])("%s", (_, before, after, added, removed) => {
    expect(countChangedLines(before, after)).toEqual({ added, removed });
    expect(countChangedLines(after, before)).toEqual({ added: removed, removed: added });
  });
});

describe("descriptions that differ in punctuation only", () => {
  test.each<[string, string]>([
    ["Reads an order.", "Reads an order"], ["Reads an order.", "Reads an order!"], ["Reads an order, fast", "Reads an order; fast"], ["Reads `order`", "Reads “order”"],
    ["a  b", "a b"], ["Reads an order …", "Reads an order"],
  ])("%s | %s", (before, after) => {
    expect(differsOnlyInPunctuation(before, after)).toBe(true);
    expect(differsOnlyInPunctuation(after, before)).toBe(true);
  });

  test.each<[string, string, string]>([
    ["nothing", "Reads.", "Reads."],
    ["a comparison", "amount > 100", "amount < 100"],
    ["a sign", "at least -5", "at least 5"],
    ["a currency", "up to $100", "up to €100"],
    ["a decimal point", "up to 1.50", "up to 150"],
    ["a decimal point and a space", "up to 1.50", "up to 1 50"],
    ["a share", "up to 5%", "up to 5"],
    ["case", "must not refund", "must NOT refund"],
    ["an apostrophe in a word", "we'll refund", "well refund"],
    ["a vowel sign", "कि", "का"],
    ["an accent written apart", "e\u0301te", "ete"],
    ["an emoji", "done 👍", "done 👎"],
    ["an invisible character", "refund", "re\u200bfund"],
    ["a word", "Reads an order.", "Writes an order."],
    ["a name in parts", "refund_create", "refund create"],
  ])("not by %s", (_, before, after) => {
    expect(differsOnlyInPunctuation(before, after)).toBe(false);
    expect(differsOnlyInPunctuation(after, before)).toBe(false);
  });

  test("a hundred thousand marks are read in linear time", () => {
    expect(differsOnlyInPunctuation(`${".".repeat(100_000)}a`, `${"'".repeat(100_000)}a`)).toBe(false);
  }, 5_000);
});

const HISTORIES = ["gemini-cli.base-prompt", "aider.editblock_prompts"].map((name) => `../shared/data/prompt-history/${name}.jsonl`);
describe.skipIf(!HISTORIES.every((path) => existsSync(path)))("the history of real prompts", () => {
  test.each(HISTORIES)("%s: every version is told from the one before", (path) => {
    const rows = readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line) as { prompt?: string; prompts?: Record<string, string> });
    const prompts = rows.map((row) => row.prompt ?? row.prompts?.["EditBlockPrompts.main_system"] ?? "");
    expect(prompts.every((prompt) => prompt !== "")).toBe(true);
    const pairs = prompts.slice(1).map((after, at) => ({ before: prompts[at] ?? "", after }));
    expect(pairs.length).toBeGreaterThan(10);
    for (const { before, after } of pairs) {
      const squeezed = (text: string): string => text.split(/\s/).filter((word) => word !== "").join(" ");
      const kind = comparePrompts(before, after);
      expect(kind === "equal").toBe(before === after);
      expect(kind === "equal" || kind === "whitespace").toBe(squeezed(before) === squeezed(after));
      const { added, removed } = countChangedLines(before, after);
      const { length } = before.split("\n");
      expect(after.split("\n").length - length).toBe(added - removed);
    }
    for (const prompt of prompts) {
      expect(comparePrompts(prompt, `${prompt.replaceAll("\n", "\r\n")}\n\n`)).toBe("whitespace");
      expect(comparePrompts(prompt, `${prompt}\n<!-- reviewed -->`)).toBe("comment");
    }
    expect(pairs.filter(({ before, after }) => comparePrompts(before, after) === "wording").length).toBeGreaterThan(20);
  });
});
