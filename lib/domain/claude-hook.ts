// What does the PreToolUse hook of Claude's agents want to hear?

import type { GateDecision } from "./gate-decision.ts";

/** Of a user or a segment, as the gate takes them. */
const MOST_NAME = 300;

export interface ClaudeHookAnswer {
  hookSpecificOutput: { hookEventName: "PreToolUse"; permissionDecision: "allow" | "deny"; permissionDecisionReason: string };
}

const answerOf = (permissionDecision: "allow" | "deny", permissionDecisionReason: string): ClaudeHookAnswer => ({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, permissionDecisionReason } });

/**
 * Its input has no place for whom a call is made for, so the headers of the hook say it. Null: a header is there and says nothing, as when the variable
 * that it names may not be read; then nobody knows for whom it is.
 */
export function behalfOfHook(headers: Pick<Headers, "get">): { onBehalfOf: string | null; segment: string | null } | null {
  const [onBehalfOf, segment] = [headers.get("holdpoint-user"), headers.get("holdpoint-segment")];
  const isSaid = (name: string | null): boolean => name === null || (name !== "" && name.length <= MOST_NAME);
  return isSaid(onBehalfOf) && isSaid(segment) ? { onBehalfOf, segment } : null;
}

export const BEHALF_UNREADABLE: ClaudeHookAnswer = answerOf("deny", `The hook's header holdpoint-user or holdpoint-segment is empty or longer than ${MOST_NAME} characters, so nobody knows for whom the call is. A variable in it must stand in allowedEnvVars.`);

/** Never `ask`: that would let whoever sits before the agent decide instead of the person whom Holdpoint asks. */
export function claudeHookAnswer({ decision, sentence, approval }: { decision: GateDecision; sentence: string; approval: { status: string } | null }): ClaudeHookAnswer {
  const again = approval?.status === "approved" ? "Make the same call again." : "Nobody has decided yet: make the same call again in a while.";
  const reason = decision === "hold" ? `${sentence} ${again}` : sentence;
  return answerOf(decision === "permit" ? "allow" : "deny", reason);
}
