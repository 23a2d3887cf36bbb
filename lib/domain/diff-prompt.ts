// Did somebody only tidy a prompt, or does it say something else?

export type PromptChange = "equal" | "whitespace" | "comment" | "wording";

/** HTML, Jinja and Handlebars comments. A line that begins with # is a heading to a model, so it counts as wording. */
const COMMENTS = /<!--[\s\S]*?-->|\{#[\s\S]*?#\}|\{\{!--[\s\S]*?--\}\}|\{\{![\s\S]*?\}\}/g;

const collapse = (text: string): string => text.replace(/\s+/g, " ").trim();

/**
 * Whitespace and comments reach the model too, but carry no instruction: they are told apart so that a policy may treat them so.
 * Whitespace inside a word, or between words where there was none, is wording.
 */
export function comparePrompts(before: string, after: string): PromptChange {
  if (before === after) return "equal";
  if (collapse(before) === collapse(after)) return "whitespace";
  if (collapse(before.replace(COMMENTS, " ")) === collapse(after.replace(COMMENTS, " "))) return "comment";
  return "wording";
}

/** Lines that are only in one of the two, for "Prompt +14/−3 lines". Counted as a bag, so a moved line is no change. */
export function countChangedLines(before: string, after: string): { added: number; removed: number } {
  const counts = new Map<string, number>();
  for (const line of before.split(/\r?\n/)) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of after.split(/\r?\n/)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const differences = [...counts.values()];
  const sum = (sign: 1 | -1) => differences.reduce((total, count) => total + Math.max(0, sign * count), 0);
  return { added: sum(1), removed: sum(-1) };
}

/** True when two descriptions differ only in punctuation, case or spaces. */
export function differsOnlyInPunctuation(before: string, after: string): boolean {
  const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return before !== after && letters(before) === letters(after);
}
