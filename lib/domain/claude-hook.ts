// What does the PreToolUse hook of Claude's agents want to hear?

import type { GateDecision } from "./gate-decision.ts";

export interface ClaudeHookAnswer {
  hookSpecificOutput: { hookEventName: "PreToolUse"; permissionDecision: "allow" | "deny"; permissionDecisionReason: string };
}

/** Never `ask`: that would let whoever sits before the agent decide instead of the person whom Holdpoint asks. */
export function claudeHookAnswer({ decision, sentence }: { decision: GateDecision; sentence: string }): ClaudeHookAnswer {
  const reason = decision === "hold" ? `${sentence} Nobody has decided yet: make the same call again in a while.` : sentence;
  return { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: decision === "permit" ? "allow" : "deny", permissionDecisionReason: reason } };
}
