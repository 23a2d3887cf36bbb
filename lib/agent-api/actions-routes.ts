// How does an agent prepare an action, wait for a person, begin it and tell how it ended? And how do people decide by their own keys?

import { z } from "zod";
import { ACTION_STATES } from "../domain/action-state.ts";
import { GATE_DECISIONS } from "../domain/gate-decision.ts";
import { TOOL_EFFECTS } from "../domain/manifest.ts";
import type { Actor } from "../domain/roles.ts";
import { shortKey } from "../domain/short-key.ts";
import { tellAction, TOLD_REASONS, type ToldAction } from "../domain/told-action.ts";
import { NotFound } from "../errors.ts";
import { actionApprovalSchema, approveAction, takeBackApproval } from "../operations/approve-action.ts";
import { answerQuestion, noteHeartbeat, withdrawAction } from "../operations/action-words.ts";
import { endAction } from "../operations/end-action.ts";
import { givenCompensationSchema, prepareAction } from "../operations/prepare-action.ts";
import { actionQuestionSchema, actionRejectionSchema, askBack, extendAction, rejectAction } from "../operations/reject-action.ts";
import { startAction } from "../operations/start-action.ts";
import { agentOfAction, findToldAction } from "../queries/told-action.ts";
import { paths } from "../paths.ts";
import { argumentsSchema, behalfSchema, countDecision, segmentSchema } from "./ask-gate.ts";
import { route } from "./route.ts";
import { heldFor, requireAgent, surelyInTime } from "./stream-routes.ts";
import { waitForSubject } from "./subject-waits.ts";

const tag = "Actions";
const MOST_WAIT_MS = 25_000;

const params = z.object({ action: z.string().min(1).max(100).describe("The action's id.") });
const ofAction = ({ params: { action } }: { params: z.infer<typeof params> }) => agentOfAction(action);
const text = (most: number) => z.string().max(most).nullable().default(null);
const anyJson = z.json().default(null);

const attemptSchema = z.string().min(16).max(100).nullable().default(null)
  .describe("Random, made anew for each attempt to make the call and the same when this attempt asks again: whose answer was lost is told that it may execute, and nobody else is.");

const preparation = z.object({
  agent: z.object({ id: z.string().min(1).max(63) }),
  tool: z.object({ name: z.string().min(1).max(200) }),
  input: argumentsSchema,
  effect: z.enum(TOOL_EFFECTS).optional().describe("What the caller knows: the stricter of this and what the version declares counts. A tool that is declared as read and called for more than that is an action."),
  idempotencyKey: z.string().min(1).max(300).describe("The same key is the same action, however often it is sent; hand it on to the system that the tool calls."),
  conversationId: z.string().max(1_000).default(""),
  toolCallId: z.string().max(1_000).optional(),
  onBehalfOf: behalfSchema,
  segment: segmentSchema,
  justification: text(4_000),
  plan: text(10_000),
  confidence: z.number().min(0).max(1).nullable().default(null),
  compensation: givenCompensationSchema.nullable().default(null).describe("How this effect is taken back: as the tool declares it, with other arguments or an address below the declared one; by hand where it declares nothing. Left out: what the tool declares, with the arguments of the call."),
  reversibleUntil: z.coerce.date().nullable().default(null),
  attempt: attemptSchema,
});

const told = z.object({
  id: z.string(), agentId: z.string(), tool: z.string(), state: z.enum(ACTION_STATES), decision: z.enum(GATE_DECISIONS), reason: z.enum(TOLD_REASONS), sentence: z.string(), inputDigest: z.string(),
  input: z.unknown().describe("What may be executed: a person may have approved other arguments."), isEdited: z.boolean(), policies: z.array(z.string()), approvers: z.array(z.string()), approvalsNeeded: z.int(),
  stopId: z.string().nullable(), epoch: z.int(), preparedAt: z.iso.datetime(), expiresAt: z.iso.datetime(), dispatchAt: z.iso.datetime().nullable().describe("An approval is not used before."),
  startedAt: z.iso.datetime().nullable(), endedAt: z.iso.datetime().nullable(), reversibleUntil: z.iso.datetime().nullable(), question: z.string().nullable(), answer: z.string().nullable(), error: z.string().nullable().describe("As the agent said: why it failed, or why it was withdrawn."),
  url: z.string(),
});

const shown = (action: ToldAction) => ({ ...action, url: paths.action(action.id) });

/** Something to do for the agent: it may begin, it is asked, or it is over. */
const isWorthTelling = ({ state, dispatchAt, question, answer }: ToldAction, nowMs: number): boolean =>
  (state !== "held" && (state !== "approved" || dispatchAt === null || Date.parse(dispatchAt) <= nowMs)) || (state === "held" && question !== null && answer === null);

async function readWaiting(actor: Actor, actionId: string, waitMs: number): Promise<ToldAction> {
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const action = await findToldAction(actionId, actor);
    if (!action) throw new NotFound("There is no such action.");
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || isWorthTelling(action, Date.now())) return action;
    // Toward the end of the time in which an approval can be taken back nothing happens that somebody could hear.
    const dueMs = action.state === "approved" && action.dispatchAt !== null ? Math.max(1, Date.parse(action.dispatchAt) - Date.now()) : leftMs;
    await waitForSubject(actionId, Math.min(leftMs, dueMs));
  }
}

const state = z.object({ state: z.string() });
const decided = z.object({ state: z.string(), inputDigest: z.string(), approvals: z.int(), approvalsNeeded: z.int(), dispatchAt: z.date().nullable() });
const ended = z.object({ id: z.string(), state: z.string(), endedAt: z.date(), reversibleUntil: z.date().nullable() });

const ofAgent = [
  route({
    method: "post", path: "/v1/actions", tag, summary: "Prepare an action: may this consequential call be made?",
    description: "Stored before it is answered. `permit`: make the call now, then commit it. `hold`: wait with GET, then start it. Whoever gets no answer asks again with the same key and the same `attempt`, and must not make the call before. The API key that prepared an action goes on with it and tells its end; another one gets a conflict, until the first is revoked: then every key of the agent finishes what it left.",
    needs: "action:prepare", about: "each", body: preparation, numbers: "exact", authenticate: surelyInTime, isFrequent: true,
    bodyExample: { agent: { id: "refund-bot" }, tool: { name: "refund_create" }, input: { order: "5512", amount: 120 }, idempotencyKey: "refund-5512", conversationId: "conv_7Q2", toolCallId: "call_9f2", justification: "Arrived broken; photo in the ticket." },
    success: { status: 200, description: "The decision, whatever it is. `isRepeat`: the key was used before, and this is where its action stands. `mayExecute`: make the call now.", schema: told.extend({ isRepeat: z.boolean(), isRecommendation: z.boolean(), mayExecute: z.boolean() }) },
    handle: async ({ actor, body, now }) => {
      const startedMs = performance.now();
      const agentId = body.agent.id;
      requireAgent(actor, agentId);
      const { bundle } = await heldFor(agentId);
      const { tool, idempotencyKey, conversationId, justification, plan, confidence, compensation, reversibleUntil, attempt, effect } = body;
      const call = { agentId, conversationId: shortKey(conversationId), toolCallId: shortKey(body.toolCallId ?? idempotencyKey), tool: tool.name, input: body.input, onBehalfOf: body.onBehalfOf?.id ?? null, segment: body.segment, confidence, effect };
      const { action, isRepeat, isRecommendation, mayExecute, ...word } = await prepareAction(actor, { call, idempotencyKey, justification, plan, compensation, reversibleUntil, attempt }, bundle, now);
      countDecision(actor, word.decision, performance.now() - startedMs);
      return { status: 200, body: { ...shown({ ...tellAction(action), ...word }), isRepeat, isRecommendation, mayExecute } };
    },
  }),
  route({
    method: "get", path: "/v1/actions/{action}", tag, summary: "Read an action, or wait for a person's word", needs: "action:read", about: ofAction, params, isFrequent: true,
    query: z.object({ waitMs: z.coerce.number().int().min(0).max(MOST_WAIT_MS).default(0).describe("Answered when a person has decided or asks something, or after this time.") }),
    success: { status: 200, description: "Where it stands. Reading changes nothing: an approval is used with `start`.", schema: told },
    handle: async ({ actor, params: { action }, query }) => ({ status: 200, body: shown(await readWaiting(actor, action, query.waitMs)) }),
  }),
  route({
    method: "post", path: "/v1/actions/{action}/start", tag, summary: "Use the approval of an action",
    description: "Decided anew by the policy and the stops of this moment. `mayExecute` is true for one attempt alone: whoever reads it makes the call, with the `input` of this answer.",
    needs: "action:prepare", about: ofAction, params, authenticate: surelyInTime, body: z.object({ idempotencyKey: z.string().min(1).max(300), attempt: attemptSchema }), bodyExample: { idempotencyKey: "refund-5512" },
    success: { status: 200, description: "Where it stands, and whether the call may be made.", schema: told.extend({ mayExecute: z.boolean() }) },
    handle: async ({ actor, params: { action: actionId }, body, now }) => {
      const agentId = await agentOfAction(actionId);
      if (agentId === null) throw new NotFound("There is no such action.");
      const { bundle } = await heldFor(agentId);
      const { action, mayExecute, ...word } = await startAction(actor, { actionId, ...body, bundle }, now);
      return { status: 200, body: { ...shown({ ...tellAction(action), ...word }), mayExecute } };
    },
  }),
  route({
    method: "post", path: "/v1/actions/{action}/commit", tag, summary: "Tell that an action was done", description: "The same report twice is taken once; another one is a conflict.", needs: "action:prepare", about: "each", params, authenticate: surelyInTime, isFrequent: true,
    body: z.object({ result: anyJson, downstream: anyJson.describe("What the other system answered, such as its own id of the refund.") }), bodyExample: { result: { refund: "re_71" }, downstream: { status: 200 } },
    success: { status: 200, description: "Stored, with the time until which it can be taken back.", schema: ended },
    handle: async ({ actor, params: { action: actionId }, body, now }) => ({ status: 200, body: await endAction(actor, { state: "committed", actionId, ...body }, now) }),
  }),
  route({
    method: "post", path: "/v1/actions/{action}/fail", tag, summary: "Tell that an action failed", description: "Only for what certainly had no effect. Of whatever is not certain say nothing: it ends as unknown, and a person looks.", needs: "action:prepare", about: "each", params, authenticate: surelyInTime, isFrequent: true,
    body: z.object({ error: z.string().min(1).max(20_000) }), bodyExample: { error: "The payment service refused: 422." }, success: { status: 200, description: "Stored.", schema: ended },
    handle: async ({ actor, params: { action: actionId }, body, now }) => ({ status: 200, body: await endAction(actor, { state: "failed", actionId, ...body }, now) }),
  }),
  route({
    method: "post", path: "/v1/actions/{action}/heartbeat", tag, summary: "Tell that an action is still under way", needs: "action:prepare", about: ofAction, params, authenticate: surelyInTime, isFrequent: true,
    success: { status: 200, description: "`stopId`: a kill switch covers it by now; break off if you can.", schema: z.object({ expiresAt: z.date(), stopId: z.string().nullable() }) },
    handle: async ({ actor, params: { action: actionId }, now }) => ({ status: 200, body: await noteHeartbeat(actor, { actionId }, now) }),
  }),
  route({
    method: "post", path: "/v1/actions/{action}/withdraw", tag, summary: "Withdraw an action that was not begun", needs: "action:withdraw", about: ofAction, params,
    body: z.object({ reason: text(1_000) }), bodyExample: { reason: "The customer called it off." }, success: { status: 200, description: "Withdrawn.", schema: state },
    handle: async ({ actor, params: { action: actionId }, body, now }) => {
      await withdrawAction(actor, { actionId, ...body }, now);
      return { status: 200, body: { state: "withdrawn" } };
    },
  }),
  route({
    method: "post", path: "/v1/actions/{action}/answer", tag, summary: "Answer what a person asks about an action", needs: "action:prepare", about: ofAction, params, authenticate: surelyInTime,
    body: z.object({ answer: z.string().min(1).max(10_000) }), bodyExample: { answer: "The photo is in ticket T-1042." }, success: { status: 200, description: "Stored.", schema: state },
    handle: async ({ actor, params: { action: actionId }, body, now }) => {
      await answerQuestion(actor, { actionId, ...body }, now);
      return { status: 200, body: { state: "held" } };
    },
  }),
];

const own = "For a person's own key.";

const ofPeople = [
  route({
    method: "post", path: "/v1/actions/{action}/approve", tag, summary: "Approve an action", description: `${own} Binds exactly the arguments of this digest; never for whoever asks, nor for whoever made the key that asks.`, needs: "action:approve", about: ofAction, params,
    body: actionApprovalSchema.omit({ actionId: true }), numbers: "exact", success: { status: 200, description: "Stored. The agent is told after `dispatchAt`; until then it can be taken back.", schema: decided },
    handle: async ({ actor, params: { action: actionId }, body: { editedInput, ...body }, now }) => ({ status: 200, body: await approveAction(actor, { actionId, ...body, ...(editedInput === undefined ? {} : { editedInput }) }, now) }),
  }),
  route({
    method: "post", path: "/v1/actions/{action}/take-back", tag, summary: "Take an approval back before the agent is told", description: own, needs: "action:approve", about: ofAction, params,
    success: { status: 200, description: "It waits again.", schema: state },
    handle: async ({ actor, params: { action: actionId }, now }) => {
      await takeBackApproval(actor, { actionId }, now);
      return { status: 200, body: { state: "held" } };
    },
  }),
  route({
    method: "post", path: "/v1/actions/{action}/reject", tag, summary: "Reject an action", description: own, needs: "action:approve", about: ofAction, params, body: actionRejectionSchema.omit({ actionId: true }),
    success: { status: 200, description: "Rejected.", schema: state },
    handle: async ({ actor, params: { action: actionId }, body, now }) => {
      await rejectAction(actor, { actionId, ...body }, now);
      return { status: 200, body: { state: "rejected" } };
    },
  }),
  route({
    method: "post", path: "/v1/actions/{action}/ask", tag, summary: "Ask the agent something before deciding", description: own, needs: "action:approve", about: ofAction, params, body: actionQuestionSchema.omit({ actionId: true }),
    success: { status: 200, description: "Asked; it goes on waiting.", schema: state },
    handle: async ({ actor, params: { action: actionId }, body, now }) => {
      await askBack(actor, { actionId, ...body }, now);
      return { status: 200, body: { state: "held" } };
    },
  }),
  route({
    method: "post", path: "/v1/actions/{action}/extend", tag, summary: "Let an action wait longer, once", description: own, needs: "action:approve", about: ofAction, params,
    success: { status: 200, description: "The new end.", schema: z.object({ expiresAt: z.date() }) },
    handle: async ({ actor, params: { action: actionId }, now }) => ({ status: 200, body: await extendAction(actor, { actionId }, now) }),
  }),
];

export const actionsRoutes = [...ofAgent, ...ofPeople];
