// May this tool call go ahead? The gate in Holdpoint's own words, and as the hook of Claude's agents asks it.

import { z } from "zod";
import { MOST_WAIT_MS } from "../domain/action-window.ts";
import { BEHALF_UNREADABLE, behalfOfHook, claudeHookAnswer } from "../domain/claude-hook.ts";
import { argumentsSchema, askGate, authenticateForGate, behalfSchema, checkedSchema, segmentSchema } from "./ask-gate.ts";
import { leanRoute, route } from "./route.ts";

const question = z.object({
  agent: z.object({ id: z.string().min(1).max(63) }),
  tool: z.object({ name: z.string().min(1).max(200) }),
  conversationId: z.string().max(1_000).default("").describe("The run: what is counted per run is counted by it."),
  toolCallId: z.string().min(1).max(1_000).optional().describe("With it the same question gets the same record, also after a restart."),
  input: argumentsSchema,
  onBehalfOf: behalfSchema,
  segment: segmentSchema,
  confidence: z.number().min(0).max(1).nullable().default(null).describe("How sure the agent is; a policy can hold what is below a threshold."),
  waitMs: z.int().min(0).max(MOST_WAIT_MS).default(0).describe("A held call is answered when a person has decided, or after this time."),
});

/** Members of the hook's input that count; it has more, and will have others. */
const hookInput = z.object({
  hook_event_name: z.literal("PreToolUse"), session_id: z.string().min(1).max(1_000), tool_name: z.string().min(1).max(200), tool_use_id: z.string().min(1).max(1_000).optional(), tool_input: argumentsSchema,
});

export const checkRoute = leanRoute({
  method: "post", path: "/v1/gate/check", tag: "Enforcement", summary: "May this tool call go ahead?",
  description: "From the kill switches, the agent's authority, the effect of the tool and the policy of its version, with what is counted per run, day and user. Recorded before it is answered; the same agent, conversation, tool call and arguments get the same record, a permit only for ten minutes and while it would still be given, and for another user or segment a conflict. Whoever gets no answer must not call the tool. Denied as well when this process has not heard from its database for two seconds.",
  needs: "gate:ask", about: "each", body: question, numbers: "exact", bodyExample: { agent: { id: "refund-bot" }, tool: { name: "refund_create" }, conversationId: "conv_7Q2", toolCallId: "call_9f2", input: { order: "5512", amount: 120 } }, authenticate: authenticateForGate, isFrequent: true,
  success: { status: 200, description: "The decision, whatever it is. `hold`: a person has to decide; ask again with the same ids, or wait with `waitMs`.", schema: checkedSchema },
  handle: async ({ actor, body: { agent, tool, toolCallId = null, onBehalfOf, ...more }, outgoing }) => ({ status: 200, body: await askGate({ actor, agentId: agent.id, tool: tool.name, toolCallId, onBehalfOf: onBehalfOf?.id ?? null, outgoing, ...more }) }),
});

export const gateRoutes = [
  checkRoute,
  route({
    method: "post", path: "/v1/hooks/claude/{agent}", tag: "Enforcement", summary: "The PreToolUse hook of Claude's agents",
    description: "For a hook of the type `http` in the settings, with `onFailure: block`: without it a hook that gets no answer lets the call through. Waits up to 25 s for a person; whatever still waits then is refused, and the same call, made again in the session, takes up the request that is there instead of making another. The headers `holdpoint-user` and `holdpoint-segment` say for whom all calls of the session are made: the hook's settings fill them, also from variables of the environment that `allowedEnvVars` lists, and one that is there and empty refuses the call. They are the word of whoever writes the settings. How sure the agent is cannot be said here.",
    needs: "gate:ask", about: "each", params: z.object({ agent: z.string().min(1).max(63) }), body: hookInput, numbers: "exact", authenticate: authenticateForGate, isFrequent: true,
    bodyExample: { hook_event_name: "PreToolUse", session_id: "se_1", tool_name: "refund_create", tool_use_id: "toolu_1", tool_input: { order: "5512", amount: 120 } },
    success: {
      status: 200, description: "What the hook expects.",
      schema: z.object({ hookSpecificOutput: z.object({ hookEventName: z.literal("PreToolUse"), permissionDecision: z.enum(["allow", "deny"]), permissionDecisionReason: z.string() }) }),
    },
    handle: async ({ actor, params: { agent: agentId }, body, headers, outgoing }) => {
      const behalf = behalfOfHook(headers);
      if (behalf === null) return { status: 200, body: BEHALF_UNREADABLE };
      const said = await askGate({ actor, agentId, tool: body.tool_name, input: body.tool_input, conversationId: body.session_id, toolCallId: body.tool_use_id ?? null, ...behalf, confidence: null, waitMs: MOST_WAIT_MS, isNamedAnew: true, outgoing });
      return { status: 200, body: claudeHookAnswer(said) };
    },
  }),
];
