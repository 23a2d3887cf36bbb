// What does a policy text say without one of the rules that ask?

import { readPolicyRule } from "./read-policy-rule.ts";
import { scanPolicyText } from "./scan-policy-text.ts";

export type WithoutRule = { kind: "left_out"; text: string } | { kind: "unknown" } | { kind: "asks_nobody" };

/** Every other letter stays, comments too. Only what asks can be left out: what permits or refuses is no question to people. */
export function withoutRule(text: string, ruleId: string): WithoutRule {
  const { segments, problem } = scanPolicyText(text);
  if (problem) return { kind: "unknown" };
  for (const [index, { start, end }] of segments.entries()) {
    const reading = readPolicyRule(text.slice(start, end), index + 1);
    if (reading?.rule.id !== ruleId) continue;
    if (!reading.rule.asks) return { kind: "asks_nobody" };
    const after = text.slice(end).trimStart();
    return { kind: "left_out", text: after === "" ? `${text.slice(0, start).trimEnd()}\n` : text.slice(0, start) + after };
  }
  return { kind: "unknown" };
}
