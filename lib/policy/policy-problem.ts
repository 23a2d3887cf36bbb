// Where in its text does a policy go wrong, and how is that said?

import type { DetailedError } from "./cedar.ts";

/** Positions count UTF-16 units, `end` is exclusive; `line` and `column` count from 1. */
export interface PolicyProblem {
  message: string;
  /** What could be meant instead. */
  help: string | null;
  start: number;
  end: number;
  line: number;
  column: number;
  policyId: string | null;
}

export const MAX_PROBLEMS = 50;
const MAX_MESSAGE = 500;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const plain = (text: string): string => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1).toWellFormed()}…` : text).replace(UNSEEN, "\uFFFD");

export function problemAt(text: string, { start, end }: { start: number; end: number }, message: string, more: { help?: string | null; policyId?: string | null } = {}): PolicyProblem {
  const before = text.slice(0, start);
  const line = before.split("\n").length;
  return { message: plain(message), help: more.help ? plain(more.help) : null, start, end, line, column: start - (before.lastIndexOf("\n") + 1) + 1, policyId: more.policyId ?? null };
}

/** The engine counts bytes of UTF-8 and says in front of each sentence which policy it is about. `within`: where it must be when the engine does not say. */
export function problemOfError(text: string, error: DetailedError, within: { start: number; end: number }, policyId: string | null): PolicyProblem {
  const place = error.sourceLocations?.[0];
  const at = place ? { start: unitsAt(text, place.start), end: unitsAt(text, place.end) } : within;
  const message = error.message.replace(/^for policy `[^`]*`[,:] /, "").replace(/^failed to parse policies from string: /, "");
  return problemAt(text, at, message, { help: error.help ?? place?.label ?? null, policyId });
}

function unitsAt(text: string, bytes: number): number {
  let seen = 0;
  let units = 0;
  for (const character of text) {
    if (seen >= bytes) break;
    const code = character.codePointAt(0) ?? 0;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}

/** In the order of the text, each place once: an error that every tool shares is one error. */
export function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  const seen = new Set<string>();
  const distinct = problems.filter(({ start, end, message }) => {
    const key = `${start} ${end} ${message.replace(/Action::"(?:[^"\\]|\\.)*"/g, "")}`;
    return !seen.has(key) && seen.add(key);
  });
  return distinct.toSorted((a, b) => a.start - b.start).slice(0, MAX_PROBLEMS);
}

/** "line 3, column 12: attribute `input.amout` not found (did you mean `amount`?)" */
export const problemSentence = ({ line, column, message, help }: PolicyProblem): string => `line ${line}, column ${column}: ${message}${help ? ` (${help})` : ""}`;
