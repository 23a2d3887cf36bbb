import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, splitUntrustedText } from "./split-untrusted-text.ts";

describe("splitUntrustedText", () => {
  it("leaves ordinary text in one part, with its tabs, line feeds and other scripts", () => {
    const text = "Erstattung für José\n\t退款 ✓ مرحبا 👩‍💻 👩🏽‍💻 🏳️‍🌈 ❤️ Ω≠";
    expect(splitUntrustedText(text)).toEqual([{ kind: "text", text }]);
  });

  it.each([
    ["\u202E", "U+202E", "right-to-left override"],
    ["\u2066", "U+2066", "left-to-right isolate"],
    ["\u200B", "U+200B", "zero-width space"],
    ["\u0000", "U+0000", "null"],
    ["\u001B", "U+001B", "escape"],
    ["\u{E0041}", "U+E0041", "tag character"],
    ["\u0085", "U+0085", "control character"],
    ["\u200C", "U+200C", "zero-width non-joiner"],
    ["\u200D", "U+200D", "zero-width joiner"],
    ["\u034F", "U+034F", "grapheme joiner"],
    ["\u3164", "U+3164", "filler"],
    ["\u{FFFA}", "U+FFFA", "invisible character"],
    ["\uFE0F", "U+FE0F", "variation selector"],
    ["\u{E0150}", "U+E0150", "variation selector"],
  ])("shows %j as %s", (character, codePoint, name) => {
    expect(splitUntrustedText(`a${character}b`)).toEqual([
      { kind: "text", text: "a" },
      { kind: "hidden", codePoint, name },
      { kind: "text", text: "b" },
    ]);
  });

  it("shows every selector that follows the one of an emoji, for bytes can be smuggled in them", () => {
    expect(splitUntrustedText("❤\uFE0F\uFE0F\uFE0E\u{E0101}!").map((part) => (part.kind === "text" ? part.text : part.codePoint))).toEqual(["❤\uFE0F", "U+FE0F", "U+FE0E", "U+E0101", "!"]);
  });

  it("counts a Windows line end as a line feed, and shows a carriage return that stands alone", () => {
    expect(splitUntrustedText("a\r\nb")).toEqual([{ kind: "text", text: "a\nb" }]);
    expect(splitUntrustedText("a\rb")[1]).toMatchObject({ codePoint: "U+000D" });
  });

  it("never passes on a direction mark or control, and never loses a visible character", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "ß", "退", "👍", "\n", "\u202E", "\u2069", "\u0007", "\u{E0020}", "\uFEFF", "\u200C", "\u3164", "\u{E01EF}"), { maxLength: 40 }), (characters) => {
        const parts = splitUntrustedText(characters.join(""));
        const shown = parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
        expect(shown).toBe(characters.filter((character) => /^[aß退👍\n]$/u.test(character)).join(""));
      }),
    );
  });
});

describe("cutText", () => {
  it("keeps a short text whole", () => {
    expect(cutText("abc", 3)).toEqual({ text: "abc", isCut: false });
  });
  it("never cuts a character in two", () => {
    expect(cutText("ab👍c", 3)).toEqual({ text: "ab", isCut: true });
    expect(cutText("ab👍c", 4)).toEqual({ text: "ab👍", isCut: true });
  });
});
