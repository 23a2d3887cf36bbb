// `wrapToolCall` of LangChain's agents: each tool call is decided by Holdpoint before the agent makes it.

import { behalfOf, type Asked, type OnBehalf } from "./ai-sdk.ts";

interface Options<Message> extends OnBehalf {
  /** The same for all turns of a task: the thread's id. */
  conversationId: string;
  /** So long a person may take before the graph is interrupted; at most 25,000. */
  waitMs?: number;
  /** LangGraph's own `interrupt`. Needs a checkpointer. Without it a held call is refused; made again in this process, it goes on where it waited. */
  interrupt?: (value: HeldCall) => unknown;
  /** How a refusal is told to the model: `(fields) => new ToolMessage(fields)`. */
  refuse: (fields: Refused) => Message;
}

/** What the interrupted graph says it waits for. */
export interface HeldCall {
  tool: string;
  toolCallId: string;
  sentence: string;
}

interface Refused {
  status: "error";
  name: string;
  tool_call_id: string;
  content: string;
}

interface Request {
  toolCall: { id?: string | undefined; name: string; args: object };
}

/**
 * A held call interrupts the graph. Resume it, with whatever value, when Holdpoint has decided: it asks again and goes ahead by what was decided
 * there alone; what still waits then is refused.
 */
export const wrapToolCall = <Message>(point: Asked, { conversationId, waitMs = 0, interrupt, refuse, ...behalf }: Options<Message>) => {
  /** Under which ids refused calls wait: a model that makes one again gives it another. */
  const waiting = new Map<string, string>();
  return async <Asking extends Request, Answer>(request: Asking, handler: (request: Asking) => Promise<Answer> | Answer): Promise<Answer | Message> => {
    const { id, name: tool, args: input } = request.toolCall;
    const call = JSON.stringify([tool, input]);
    const toolCallId = waiting.get(call) ?? id;
    // Two calls at the same time are two calls.
    waiting.delete(call);
    const ask = () => point.check({ tool, input, conversationId, waitMs, ...behalfOf(behalf), ...(toolCallId === undefined ? {} : { toolCallId }) });
    const first = await ask();
    const isOpen = first.decision === "hold" || first.reason === "no_lease";
    if (isOpen && !interrupt && toolCallId !== undefined) waiting.set(call, toolCallId);
    // Throws the first time; once resumed it returns.
    if (first.decision === "hold") interrupt?.({ tool, toolCallId: id ?? "", sentence: first.sentence });
    const answer = first.decision === "hold" && interrupt ? await ask() : first;
    return answer.decision === "permit" ? handler(request) : refuse({ status: "error", name: tool, tool_call_id: id ?? "", content: answer.sentence });
  };
};
