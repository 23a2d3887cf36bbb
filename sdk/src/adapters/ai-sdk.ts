// `toolApproval` of the Vercel AI SDK 7: each tool call is decided by Holdpoint before the SDK makes it.

import type { GateQuestion } from "../holdpoint-api.ts";
import type { PointAnswer } from "../point-answer.ts";

/** A point, or whatever else asks the gate. */
export interface Asked {
  check: (question: GateQuestion) => Promise<PointAnswer>;
}

/** The same whenever a call is asked about: for another user it is another call. */
export interface OnBehalf {
  onBehalfOf?: { type?: string; id: string };
  segment?: string;
}

export const behalfOf = ({ onBehalfOf, segment }: OnBehalf): OnBehalf => ({ ...(onBehalfOf === undefined ? {} : { onBehalfOf }), ...(segment === undefined ? {} : { segment }) });

interface Options extends OnBehalf {
  /** The same for all turns of a task: approvals and limits per run go by it. */
  conversationId: string;
  /** So long a person may take before the SDK is told to ask its own user; at most 25,000. */
  waitMs?: number;
}

interface Call {
  toolCall: { toolName: string; toolCallId: string; input: unknown };
  messages: readonly { content: string | readonly object[] }[];
}

/** The SDK makes the call on the word of the chat's user alone, so from then on it hears only yes or no. */
const isResumed = ({ messages, toolCall: { toolCallId } }: Call): boolean =>
  messages.some(({ content }) => typeof content !== "string" && content.some((part) => "type" in part && part.type === "tool-approval-request" && "toolCallId" in part && part.toolCallId === toolCallId));

export type AiSdkApproval = { type: "approved" | "denied" | "user-approval"; reason: string };

/**
 * A held call becomes `user-approval`: the SDK ends its turn with a request. Resume it when Holdpoint has decided: it asks again, and goes ahead
 * by what was decided there, whatever the chat's own user said; what still waits is denied. Give the SDK an `experimental_toolApprovalSecret`, or changed arguments
 * are made after an approval.
 */
export const toolApproval = (point: Asked, { conversationId, waitMs = 0, ...behalf }: Options) => async (call: Call): Promise<AiSdkApproval> => {
  const { toolName: tool, toolCallId, input } = call.toolCall;
  const { decision, sentence: reason } = await point.check({ tool, toolCallId, input, conversationId, waitMs, ...behalfOf(behalf) });
  return { type: decision === "permit" ? "approved" : decision === "hold" && !isResumed(call) ? "user-approval" : "denied", reason };
};
