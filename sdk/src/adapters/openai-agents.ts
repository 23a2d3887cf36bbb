// `needsApproval` of the OpenAI Agents SDK: a call that Holdpoint does not permit interrupts the run, and is settled by what was decided.

import { behalfOf, type Asked, type OnBehalf } from "./ai-sdk.ts";

interface Interruption {
  name?: string | undefined;
  arguments?: string | undefined;
  rawItem: { callId?: string } | object;
}

interface State<Item> {
  approve: (item: Item) => void;
  reject: (item: Item, options?: { message?: string }) => void;
}

interface Options extends OnBehalf {
  /** The same for all turns of a task. */
  conversationId: string;
  /** So long a person may take; at most 25,000. */
  waitMs?: number;
}

/** For the `needsApproval` of the tool of this name. The SDK knows yes and no only, so a refusal interrupts as well: `settle` tells the model why. */
export const needsApproval = (point: Asked, tool: string, { conversationId, ...behalf }: Options) => async (_context: unknown, input: unknown, callId?: string): Promise<boolean> =>
  (await point.check({ tool, input, conversationId, ...behalfOf(behalf), ...(callId === undefined ? {} : { toolCallId: callId }) })).decision !== "permit";

interface Guarded {
  toolCall: { name: string; arguments?: string | undefined; callId: string };
}

/**
 * For the `inputGuardrails` of the tool: asks once more right before the call is made. The SDK makes a call on whoever's `state.approve`; with this
 * the yes of a chat's user makes none that Holdpoint does not permit.
 */
export const inputGuardrail = (point: Asked, { conversationId, ...behalf }: Options) => ({
  type: "tool_input" as const, name: "holdpoint",
  run: async ({ toolCall: { name: tool, arguments: given, callId: toolCallId } }: Guarded) => {
    const { decision, sentence: message } = await point.check({ tool, toolCallId, input: parsed(given), conversationId, ...behalfOf(behalf) });
    return { behavior: decision === "permit" ? { type: "allow" as const } : { type: "rejectContent" as const, message } };
  },
});

/** Approves what was approved, rejects what was refused with the reason, and leaves what still waits. Answers how many still wait. */
export async function settle<Item extends Interruption>(point: Asked, state: State<Item>, interruptions: readonly Item[], { conversationId, waitMs = 0, ...behalf }: Options): Promise<number> {
  let waiting = 0;
  for (const item of interruptions) {
    const toolCallId = "callId" in item.rawItem ? item.rawItem.callId : undefined;
    const { decision, sentence } = await point.check({ tool: item.name ?? "", input: parsed(item.arguments), conversationId, waitMs, ...behalfOf(behalf), ...(toolCallId === undefined ? {} : { toolCallId }) });
    if (decision === "permit") state.approve(item);
    else if (decision === "deny") state.reject(item, { message: sentence });
    else waiting++;
  }
  return waiting;
}

/** What is no JSON is asked about as the text it is, and no policy permits that. */
function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return text;
  }
}
