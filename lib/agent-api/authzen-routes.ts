// How does any policy enforcement point that speaks AuthZEN ask the gate? Authorization API 1.0, and the access request profile (draft 1) for what is held.

import { z } from "zod";
import { authzenAnswer, evaluationSchema, evaluationsSchema, NOT_OURS, questionOf, taskStatus, type AuthzenAnswer, type AuthzenQuestion, type Evaluation } from "../domain/authzen.ts";
import { inputDigest } from "../domain/input-digest.ts";
import type { Actor } from "../domain/roles.ts";
import { shortKey } from "../domain/short-key.ts";
import { env } from "../env.ts";
import { BadInput, NotFound } from "../errors.ts";
import { agentOfAction, findHeldDecision, findToldAction, type HeldDecision } from "../queries/told-action.ts";
import { requireFor } from "./authenticate.ts";
import { argumentsSchema, askGate, authenticateForGate } from "./ask-gate.ts";
import { route } from "./route.ts";

const tag = "AuthZEN";
const example = { subject: { type: "agent", id: "refund-bot" }, action: { name: "tools/call", properties: { arguments: { order: "5512", amount: 120 } } }, resource: { type: "tool", id: "payments/refund_create" }, context: { conversation_id: "conv_7Q2", tool_call_id: "call_9f2" } };
const answerSchema = z.object({ decision: z.boolean(), context: z.record(z.string(), z.unknown()) });

async function evaluate(actor: Actor, evaluation: Evaluation, now: Date): Promise<AuthzenAnswer> {
  const question = questionOf(evaluation);
  if (!question) return NOT_OURS;
  const input = argumentsSchema.parse(question.input);
  return authzenAnswer(await askGate({ actor, ...question, input, waitMs: 0, outgoing: null }), now);
}

type Batch = z.infer<typeof evaluationsSchema>;

/** Items are decided in their order, because each may count against the next. */
async function evaluateAll(actor: Actor, { evaluations = [], options, ...shared }: Batch, now: Date): Promise<AuthzenAnswer[]> {
  const semantic = options?.evaluations_semantic ?? "execute_all";
  const answers: AuthzenAnswer[] = [];
  for (const [index, item] of evaluations.entries()) {
    const whole = evaluationSchema.safeParse({ ...shared, ...item });
    if (!whole.success) throw new BadInput(`Evaluation ${index + 1} has no subject, action or resource, and the request names none for all.`);
    const answer = await evaluate(actor, whole.data, now);
    answers.push(answer);
    if (semantic === "deny_on_first_deny" ? !answer.decision : semantic === "permit_on_first_permit" && answer.decision) break;
  }
  return answers;
}

/** Who names no call id of its own was given one, and the evaluation tells which. */
const isAbout = (held: HeldDecision, { agentId, tool, input, conversationId, toolCallId, onBehalfOf }: AuthzenQuestion): boolean =>
  held.agentId === agentId && held.tool === tool && held.inputDigest === inputDigest(input) && held.conversationId === shortKey(conversationId)
  && (toolCallId === null || held.toolCallId === shortKey(toolCallId)) && held.onBehalfOf === onBehalfOf;

const task = z.object({ task: z.object({ id: z.string(), status: z.string(), status_endpoint: z.string(), expires_at: z.string() }) });

async function taskOf(actor: Actor, actionId: string) {
  const action = await findToldAction(actionId, actor);
  if (!action) throw new NotFound("There is no such request.");
  return { task: { id: action.id, status: taskStatus(action.state), status_endpoint: `/access/v1/access-requests/${action.id}`, expires_at: action.expiresAt } };
}

export const authzenRoutes = [
  route({
    method: "get", path: "/.well-known/authzen-configuration", tag, summary: "Where the AuthZEN endpoints are", needs: "nothing", about: "nothing",
    success: { status: 200, description: "Section 9 of the Authorization API.", schema: z.record(z.string(), z.unknown()) },
    handle: async () => {
      const at = (path: string) => env().publicUrl + path;
      return {
        status: 200,
        body: {
          policy_decision_point: env().publicUrl, access_evaluation_endpoint: at("/access/v1/evaluation"), access_evaluations_endpoint: at("/access/v1/evaluations"),
          access_request_endpoint: at("/access/v1/access-requests"), capabilities: ["urn:openid:authzen:capability:access-request"],
        },
      };
    },
  }),
  route({
    method: "post", path: "/access/v1/evaluation", tag, summary: "May this tool call go ahead, in AuthZEN's words?",
    description: "The same gate as /v1/gate/check, over the same records. A held call is `false` with `access_request`; ask again with the same `tool_call_id` once it is approved.",
    needs: "gate:ask", about: "each", body: evaluationSchema, numbers: "exact", bodyExample: example, authenticate: authenticateForGate, isFrequent: true,
    success: { status: 200, description: "The decision, whatever it is.", schema: answerSchema },
    handle: async ({ actor, body, now }) => ({ status: 200, body: await evaluate(actor, body, now) }),
  }),
  route({
    method: "post", path: "/access/v1/evaluations", tag, summary: "Several tool calls in one request", description: "At most 100, decided in their order.",
    needs: "gate:ask", about: "each", body: evaluationsSchema, numbers: "exact", bodyExample: { ...example, evaluations: [{}, { resource: { type: "tool", id: "order_get" } }] }, authenticate: authenticateForGate, isFrequent: true,
    success: { status: 200, description: "One answer for each that was decided; one alone when the request has no list.", schema: z.union([z.object({ evaluations: z.array(answerSchema) }), answerSchema]) },
    handle: async ({ actor, body, now }) => {
      // Section 7: without a list it is a single evaluation.
      if (body.evaluations === undefined || body.evaluations.length === 0) return { status: 200, body: await evaluate(actor, evaluationSchema.parse(body), now) };
      return { status: 200, body: { evaluations: await evaluateAll(actor, body, now) } };
    },
  }),
  route({
    method: "post", path: "/access/v1/access-requests", tag, summary: "Ask for the approval of a denied call", description: "Whoever is denied with `approval_required` has asked already: this names the request, and changes nothing.",
    needs: "action:read", about: "each", body: z.looseObject({ denial: z.looseObject({ evaluation_id: z.string().min(1).max(100) }), ...evaluationSchema.shape }), numbers: "exact", bodyExample: { ...example, denial: { evaluation_id: "gd_1" } }, authenticate: authenticateForGate,
    success: { status: 202, description: "Where to look for the answer.", schema: task },
    handle: async ({ actor, body }) => {
      const question = questionOf(body);
      if (!question) throw new BadInput("This is about no tool call of an agent.");
      requireFor(actor, ["action:read"], question.agentId);
      const denied = await findHeldDecision(body.denial.evaluation_id);
      if (denied === null || !isAbout(denied, { ...question, input: argumentsSchema.parse(question.input) })) throw new BadInput("This call, with these arguments and ids, was not denied for want of an approval.");
      return { status: 202, body: await taskOf(actor, denied.actionId) };
    },
  }),
  route({
    method: "get", path: "/access/v1/access-requests/{action}", tag, summary: "How a request for approval stands", needs: "action:read", about: ({ params: { action } }) => agentOfAction(action), params: z.object({ action: z.string().min(1).max(100) }),
    success: { status: 200, description: "`pending`, `approved`, `denied`, `expired`, `cancelled` or `failed`.", schema: task },
    handle: async ({ actor, params: { action } }) => ({ status: 200, body: await taskOf(actor, action) }),
  }),
];
