// May this tool call go ahead? Decided by the agent's bundle and its policy, and recorded before it is answered.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ACTION_STATES } from "../domain/action-state.ts";
import { PROBE_AGENT_ID } from "../domain/bundle.ts";
import { decideGate, GATE_REASONS } from "../domain/decide-gate.ts";
import { GATE_DECISIONS } from "../domain/gate-decision.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { isShallow } from "../domain/json-depth.ts";
import { BadInput, NotFound } from "../errors.ts";
import type { Actor } from "../domain/roles.ts";
import { checkCall, type CheckedCall } from "../operations/check-calls.ts";
import type { HeldBundle } from "./bundle-cache.ts";
import { callerOf } from "./key-cache.ts";
import { route } from "./route.ts";
import { isDatabaseHeard, stopPath } from "./stop-path.ts";
import { requireAgent } from "./stream-routes.ts";

const MOST_WAIT_MS = 25_000;
/** An approval is looked for so often while the agent waits; what is decided in this process is seen at once. */
const LOOK_EVERY_MS = 500;
const DEEPEST = 64;

const question = z.object({
  agent: z.object({ id: z.string().min(1).max(63) }),
  tool: z.object({ name: z.string().min(1).max(200) }),
  conversationId: z.string().max(1_000).default("").describe("The run: what is counted per run is counted by it."),
  toolCallId: z.string().max(1_000).optional().describe("With it the same question gets the same record, also after a restart."),
  input: z.unknown().default({}).refine((input) => isShallow(input, DEEPEST), { error: `Arguments are nested at most ${DEEPEST} deep.`, abort: true }).pipe(z.json()),
  onBehalfOf: z.object({ type: z.string().max(100).default("user"), id: z.string().min(1).max(300) }).nullable().default(null),
  confidence: z.number().min(0).max(1).nullable().default(null).describe("How sure the agent is; a policy can hold what is below a threshold."),
  waitMs: z.int().min(0).max(MOST_WAIT_MS).default(0).describe("A held call is answered when a person has decided, or after this time."),
});

/** Whose key could not be read anew; the object lives as long as the request. */
const unsure = new WeakSet<Actor>();

async function authenticate(authorization: string | null, now: Date): Promise<Actor> {
  const { actor, isUnsure } = await callerOf(authorization, now, isDatabaseHeard());
  if (!isUnsure) return actor;
  const own = { ...actor };
  unsure.add(own);
  return own;
}

interface Asked {
  actor: Actor;
  body: z.output<typeof question>;
  now: Date;
}

/** Not recorded: there is no database to record it in, so it is a no. The probe agent exists in this process alone. */
function withoutRecord({ actor, body }: Asked, held: HeldBundle): CheckedCall | null {
  const nowMs = performance.now();
  const isOpen = stopPath().cache.isFresh(nowMs) && !unsure.has(actor);
  if (isOpen && body.agent.id !== PROBE_AGENT_ID) return null;
  const answer = decideGate({ tool: body.tool.name }, { bundle: held.bundle, leaseUntilMs: isOpen ? Infinity : null }, nowMs);
  return { ...answer, evaluationId: "", inputDigest: inputDigest(body.input), approval: null };
}

/** What is asked without an id of its own is a question of its own. */
async function answer(asked: Asked, toolCallId: string): Promise<CheckedCall> {
  const { actor, body, now } = asked;
  const agentId = body.agent.id;
  const { cache } = stopPath();
  const held = cache.read(agentId) ?? (await cache.load(agentId));
  if (!held) throw new NotFound(`There is no agent ${agentId}.`);
  const unrecorded = withoutRecord(asked, held);
  if (unrecorded) return unrecorded;
  return checkCall(actor, { agentId, conversationId: body.conversationId, toolCallId, tool: body.tool.name, input: body.input, onBehalfOf: body.onBehalfOf?.id ?? null, confidence: body.confidence }, held.bundle, now);
}

async function answerWaiting(asked: Asked): Promise<CheckedCall> {
  const toolCallId = asked.body.toolCallId ?? randomUUID();
  const untilMs = performance.now() + asked.body.waitMs;
  for (;;) {
    const said = await answer({ ...asked, now: new Date() }, toolCallId);
    const leftMs = untilMs - performance.now();
    if (said.decision !== "hold" || said.approval === null || leftMs <= 0) return said;
    await pause(Math.min(LOOK_EVERY_MS, leftMs));
  }
}

export const gateRoutes = [
  route({
    method: "post", path: "/v1/gate/check", tag: "Enforcement", summary: "May this tool call go ahead?",
    description: "From the kill switches, the agent's authority, the effect of the tool and the policy of its version, with what is counted per run, day and user. Recorded before it is answered; the same agent, conversation, tool call and arguments get the same record. Whoever gets no answer must not call the tool. Denied as well when this process has not heard from its database for two seconds.",
    needs: "gate:ask", about: "each", body: question, bodyExample: { agent: { id: "refund-bot" }, tool: { name: "refund_create" }, conversationId: "conv_7Q2", toolCallId: "call_9f2", input: { order: "5512", amount: 120 } }, authenticate, isFrequent: true,
    success: {
      status: 200, description: "The decision, whatever it is. `hold`: a person has to decide; ask again with the same ids, or wait with `waitMs`.",
      schema: z.object({
        evaluationId: z.string(), decision: z.enum(GATE_DECISIONS), reason: z.enum([...GATE_REASONS, "rejected", "expired", "withdrawn", "ended"]), sentence: z.string(), isRecommendation: z.boolean(),
        stopId: z.string().nullable(), epoch: z.int().nullable(), policies: z.array(z.string()), approvers: z.array(z.string()), approvalsNeeded: z.int(), inputDigest: z.string(),
        approval: z.object({ id: z.string(), status: z.enum(ACTION_STATES), url: z.string(), approvers: z.array(z.string()), expiresAt: z.iso.datetime() }).nullable(),
      }),
    },
    handle: async ({ actor, body, now }) => {
      requireAgent(actor, body.agent.id);
      if (body.toolCallId === "") throw new BadInput("A toolCallId is at least one character, or is left out.");
      return { status: 200, body: await answerWaiting({ actor, body, now }) };
    },
  }),
];
