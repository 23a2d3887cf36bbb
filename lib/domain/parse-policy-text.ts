// Is this text a re-review policy, and if not, where does it go wrong?

import { reviewPolicySchema, type ReviewPolicy } from "./review-policy.ts";

export interface PolicyFault {
  /** "line 12, column 5" or "rules, R-07, class"; empty for the whole. */
  place: string;
  sentence: string;
}

export type ParsedPolicy = { ok: true; policy: ReviewPolicy } | { ok: false; faults: PolicyFault[] };

const MAX_FAULTS = 20;

export function parsePolicyText(text: string): ParsedPolicy {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { ok: false, faults: [{ place: placeOf(text, error), sentence: "This is not JSON from here on." }] };
  }
  const parsed = reviewPolicySchema.safeParse(content);
  if (parsed.success) return { ok: true, policy: parsed.data };
  return { ok: false, faults: parsed.error.issues.slice(0, MAX_FAULTS).map((issue) => ({ place: pathOf(content, issue.path), sentence: issue.message })) };
}

/** Some engines state line and column, some a position, and some only the token: then it is where the longest readable beginning ends. */
function placeOf(text: string, error: unknown): string {
  const message = messageOf(error);
  const stated = /line (\d+) column (\d+)/.exec(message);
  if (stated) return `line ${stated[1]}, column ${stated[2]}`;
  const before = text.slice(0, lengthUnderstood(text)).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "");

function lengthUnderstood(text: string): number {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether more text could still make it JSON. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = messageOf(error);
    return /end of (JSON|data)|unterminated/i.test(message) || Number(/position (\d+)/.exec(message)?.[1]) === text.length;
  }
}

/** A rule is named by its id, because nobody counts to the seventh. */
function pathOf(content: unknown, path: readonly PropertyKey[]): string {
  let value = content;
  return path.map((key) => {
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    const id = typeof value === "object" && value !== null && "id" in value ? value.id : null;
    return typeof key === "number" ? (typeof id === "string" ? id : `number ${key + 1}`) : String(key);
  }).join(", ");
}
