import { expect, test } from "vitest";
import { claudeHookAnswer } from "./claude-hook.ts";

test.each([
  ["permit", null, "allow", "S."], ["permit", "started", "allow", "S."], ["deny", null, "deny", "S."], ["deny", "rejected", "deny", "S."],
  ["hold", "held", "deny", "S. Nobody has decided yet: make the same call again in a while."], ["hold", "approved", "deny", "S. Make the same call again."],
] as const)("%s, with a request that is %s, is told as %s: %s", (decision, status, permissionDecision, permissionDecisionReason) => {
  expect(claudeHookAnswer({ decision, sentence: "S.", approval: status === null ? null : { status } })).toEqual({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, permissionDecisionReason } });
});
