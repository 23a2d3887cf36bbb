// Did somebody only tidy a prompt, or does it say something else?

export type PromptChange = "equal" | "whitespace" | "comment" | "wording";

/** HTML, Jinja and Handlebars comments, the longer opening first. A line that begins with # is a heading to a model, so it counts as wording. */
const CLOSING_OF: Readonly<Record<string, string>> = { "<!--": "-->", "{#": "#}", "{{!--": "--}}", "{{!": "}}" };
const OPENING = /<!--|\{#|\{\{!--|\{\{!/g;

const collapse = (text: string): string => text.replace(/\s+/g, " ").trim();

/** One pass, in linear time. A comment that is never closed is text, and so is what taking one out would make look like a comment. */
function replaceComments(text: string, replacement: string): string {
  const kept: string[] = [];
  const neverClosed = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(OPENING)) {
    const [opening] = match;
    if (match.index < from || neverClosed.has(opening)) continue;
    const closing = CLOSING_OF[opening] ?? "";
    const end = text.indexOf(closing, match.index + opening.length);
    if (end === -1) {
      neverClosed.add(opening);
      continue;
    }
    kept.push(text.slice(from, match.index));
    from = end + closing.length;
  }
  return [...kept, text.slice(from)].join(replacement);
}

/** Both ways, because a comment that splits a word, or glues two together, does more than comment. */
const differInCommentsOnly = (before: string, after: string): boolean =>
  ["", " "].every((replacement) => collapse(replaceComments(before, replacement)) === collapse(replaceComments(after, replacement)));

/**
 * Whitespace and comments reach the model too, but carry no instruction: they are told apart so that a policy may treat them so.
 * Whitespace inside a word, or between words where there was none, is wording.
 */
export function comparePrompts(before: string, after: string): PromptChange {
  if (before === after) return "equal";
  if (collapse(before) === collapse(after)) return "whitespace";
  return differInCommentsOnly(before, after) ? "comment" : "wording";
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.split(/\r?\n/));

/** Lines that are only in one of the two, for "Prompt +14/−3 lines". Counted as a bag, so a moved line is no change. */
export function countChangedLines(before: string, after: string): { added: number; removed: number } {
  const counts = new Map<string, number>();
  for (const line of linesOf(before)) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of linesOf(after)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const differences = [...counts.values()];
  const sum = (sign: 1 | -1) => differences.reduce((total, count) => total + Math.max(0, sign * count), 0);
  return { added: sum(1), removed: sum(-1) };
}

const SENTENCE_MARKS = new Set([".", ",", ";", ":", "!", "?", "…", "'", '"', "‘", "’", "“", "”", "`"]);
const QUOTES = new Set(["'", '"', "‘", "’", "“", "”", "`"]);

/** A point or a quote inside `1.50` or `don't` belongs to the word, and so does a sign before it. */
function bareWord(word: string): string {
  let from = 0;
  let to = word.length;
  while (from < to && QUOTES.has(word.charAt(from))) from += 1;
  while (to > from && SENTENCE_MARKS.has(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}

/**
 * True when two descriptions differ only in spaces and in marks that end or quote words. Everything else counts: `>` and `<`, `-5` and
 * `5`, `must` and `MUST`, signs that a script needs to spell its words.
 */
export function differsOnlyInPunctuation(before: string, after: string): boolean {
  const words = (text: string): string => text.split(/\s+/).map(bareWord).filter((word) => word !== "").join(" ");
  return before !== after && words(before) === words(after);
}
