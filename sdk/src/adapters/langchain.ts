// `wrapToolCall` of LangChain's agents: each tool call is decided by Holdpoint before the agent makes it.

import { behalfOf, type Asked, type OnBehalf } from "./ai-sdk.ts";

interface Options<Message> extends OnBehalf {
  /** The same for all turns of a task: the thread's id. */
  conversationId: string;
  /** So long a person may take before the graph is interrupted; at most 25,000. */
  waitMs?: number;
  /** LangGraph's own `interrupt`. Needs a checkpointer. Without it a held call is refused, and may be tried again. */
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
export const wrapToolCall = <Message>(point: Asked, { conversationId, waitMs = 0, interrupt, refuse, ...behalf }: Options<Message>) =>
  async <Asking extends Request, Answer>(request: Asking, handler: (request: Asking) => Promise<Answer> | Answer): Promise<Answer | Message> => {
    const { id, name: tool, args: input } = request.toolCall;
    const ask = () => point.check({ tool, input, conversationId, waitMs, ...behalfOf(behalf), ...(id === undefined ? {} : { toolCallId: id }) });
    const first = await ask();
    // Throws the first time; once resumed it returns.
    if (first.decision === "hold") interrupt?.({ tool, toolCallId: id ?? "", sentence: first.sentence });
    const answer = first.decision === "hold" && interrupt ? await ask() : first;
    return answer.decision === "permit" ? handler(request) : refuse({ status: "error", name: tool, tool_call_id: id ?? "", content: answer.sentence });
  };
