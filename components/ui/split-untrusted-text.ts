export type UntrustedPart = { kind: "text"; text: string } | { kind: "hidden"; codePoint: string; name: string };

/**
 * Controls except tab and line feed, bidirectional marks, and whatever is drawn as nothing: zero-width characters, fillers, variation selectors and tags
 * that can smuggle text. One selector or joiner inside an emoji belongs to it.
 */
const HIDDEN = /(?![\t\n])(?!(?<=\p{Extended_Pictographic})\uFE0F)(?!(?<=\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)\u200D\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const NAMES: Record<string, string> = {
  "U+0000": "null",
  "U+0008": "backspace",
  "U+000D": "carriage return",
  "U+001B": "escape",
  "U+00AD": "soft hyphen",
  "U+034F": "grapheme joiner",
  "U+115F": "filler",
  "U+1160": "filler",
  "U+200B": "zero-width space",
  "U+200C": "zero-width non-joiner",
  "U+200D": "zero-width joiner",
  "U+200E": "left-to-right mark",
  "U+200F": "right-to-left mark",
  "U+2028": "line separator",
  "U+202A": "left-to-right embedding",
  "U+202B": "right-to-left embedding",
  "U+202C": "end of direction",
  "U+202D": "left-to-right override",
  "U+202E": "right-to-left override",
  "U+2060": "word joiner",
  "U+2066": "left-to-right isolate",
  "U+2067": "right-to-left isolate",
  "U+2068": "first strong isolate",
  "U+2069": "end of isolate",
  "U+3164": "filler",
  "U+FEFF": "byte order mark",
  "U+FFA0": "filler",
};

const kindOf = (character: string): string =>
  /\p{Variation_Selector}/u.test(character) ? "variation selector" : /[\u{E0000}-\u{E007F}]/u.test(character) ? "tag character" : /\p{Cc}/u.test(character) ? "control character" : "invisible character";

/** Text apart from what would be invisible or would reorder what is read. CRLF counts as one line feed. */
export function splitUntrustedText(text: string): UntrustedPart[] {
  const parts: UntrustedPart[] = [];
  const source = text.replaceAll("\r\n", "\n");
  let from = 0;
  for (const match of source.matchAll(HIDDEN)) {
    if (match.index > from) parts.push({ kind: "text", text: source.slice(from, match.index) });
    const codePoint = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    parts.push({ kind: "hidden", codePoint, name: NAMES[codePoint] ?? kindOf(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < source.length) parts.push({ kind: "text", text: source.slice(from) });
  return parts;
}

/** Cuts on a code point, never inside a surrogate pair. */
export function cutText(text: string, maxLength: number): { text: string; isCut: boolean } {
  if (text.length <= maxLength) return { text, isCut: false };
  const endsInsidePair = /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1));
  return { text: text.slice(0, endsInsidePair ? maxLength - 1 : maxLength), isCut: true };
}
