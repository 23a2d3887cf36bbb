// Where does each policy of a text begin and end, and is it small enough for the engine?

/** UTF-16 positions, the end exclusive and behind the semicolon. */
export interface PolicySegment {
  start: number;
  end: number;
}

export interface ScanProblem extends PolicySegment {
  message: string;
}

export interface PolicyScan {
  segments: PolicySegment[];
  problem: ScanProblem | null;
}

export const MAX_POLICIES = 100;
export const MAX_POLICY_BYTES = 100_000;
/** Where the engine's stack runs over it is of no use to anybody until the process ends: at some 120 brackets, 700 `if`s or 3,000 operators in a row. */
export const MAX_BRACKETS = 32;
export const MAX_IFS = 64;
export const MAX_OPERATORS = 2_000;

const TOKEN = /\/\/[^\n]*|"(?:[^"\\]|\\[\s\S])*"|[A-Za-z_]\w*|\s+|[\s\S]/g;
const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);
const OPERATORS = new Set([".", "!", "&", "|", "+", "-", "*", "<", ">", "=", "in", "is", "has", "like"]);

/** Knows strings, comments and brackets only; whether it is Cedar at all is the engine's to say. Stops at the first thing that is too large. */
export function scanPolicyText(text: string): PolicyScan {
  const segments: PolicySegment[] = [];
  const whole = (message: string): PolicyScan => ({ segments, problem: { message, start: 0, end: text.length } });
  if (text.length > MAX_POLICY_BYTES || new TextEncoder().encode(text).length > MAX_POLICY_BYTES) return whole("A policy text has at most 100 kB.");
  if (!text.isWellFormed()) return whole("The text is not well-formed Unicode.");
  let start: number | null = null;
  const count = { brackets: 0, ifs: 0, operators: 0 };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const end = index + token.length;
    if (/^\s/.test(token) || token.startsWith("//")) continue;
    start ??= index;
    if (OPENING.has(token)) count.brackets++;
    else if (CLOSING.has(token)) count.brackets = Math.max(0, count.brackets - 1);
    else if (token === "if") count.ifs++;
    else if (OPERATORS.has(token)) count.operators++;
    const message = tooLarge(count);
    if (message) return { segments, problem: { message, start: index, end } };
    if (token !== ";" || count.brackets > 0) continue;
    segments.push({ start, end });
    if (segments.length > MAX_POLICIES) return { segments, problem: { message: `A policy text has at most ${MAX_POLICIES} policies.`, start, end } };
    start = null;
    Object.assign(count, { ifs: 0, operators: 0 });
  }
  return { segments, problem: null };
}

function tooLarge({ brackets, ifs, operators }: { brackets: number; ifs: number; operators: number }): string | null {
  if (brackets > MAX_BRACKETS) return `Brackets stand at most ${MAX_BRACKETS} deep in each other.`;
  if (ifs > MAX_IFS) return `A policy has at most ${MAX_IFS} times “if”.`;
  return operators > MAX_OPERATORS ? `A policy has at most ${MAX_OPERATORS.toLocaleString("en")} operators.` : null;
}
