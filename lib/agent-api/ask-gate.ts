// How does a question reach the gate, whichever protocol brings it? With this process's bundle, recorded, and answered late when a person is to decide.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ACTION_STATES } from "../domain/action-state.ts";
import { MOST_WAIT_MS } from "../domain/action-window.ts";
import { PROBE_AGENT_ID } from "../domain/bundle.ts";
import { decideGate, GATE_REASONS } from "../domain/decide-gate.ts";
import { GATE_DECISIONS, type GateDecision } from "../domain/gate-decision.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { shortKey } from "../domain/short-key.ts";
import type { Json } from "../domain/manifest.ts";
import type { Actor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { NotFound } from "../errors.ts";
import { metrics } from "../metrics-registry.ts";
import { checkCall, type CheckedCall } from "../operations/check-calls.ts";
import { callerOf } from "./key-cache.ts";
import { isDatabaseHeard, stopPath } from "./stop-path.ts";
import { requireAgent } from "./stream-routes.ts";

/** An approval is looked for so often while the agent waits. */
const LOOK_EVERY_MS = 500;

/** Checked as they came: a schema that drops a member would decide about another call than is made. */
export const argumentsSchema = z.unknown().default({}).superRefine((input, context) => {
  const fault = faultOfInput(input);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
}).transform((input) => input as Json);

export const checkedSchema = z.object({
  evaluationId: z.string(), decision: z.enum(GATE_DECISIONS), reason: z.enum([...GATE_REASONS, "rejected", "expired", "withdrawn", "ended"]), sentence: z.string(), isRecommendation: z.boolean(),
  stopId: z.string().nullable(), epoch: z.int().nullable(), policies: z.array(z.string()), approvers: z.array(z.string()), approvalsNeeded: z.int(), inputDigest: z.string(),
  approval: z.object({ id: z.string(), status: z.enum(ACTION_STATES), url: z.string(), approvers: z.array(z.string()), expiresAt: z.iso.datetime() }).nullable(),
});

/** On whose behalf the agent acts, as it says. */
export const behalfSchema = z.object({ type: z.string().max(100).default("user"), id: z.string().min(1).max(300) }).nullable().default(null);
export const segmentSchema = z.string().min(1).max(300).nullable().default(null).describe("Of the people or things that the task is about, such as a market or a tier: a policy can tell them apart.");

/** Whose key could not be read anew; the object lives as long as the request. */
const unsure = new WeakSet<Actor>();

export async function authenticateForGate(authorization: string | null, now: Date): Promise<Actor> {
  const { actor, isUnsure } = await callerOf(authorization, now, isDatabaseHeard());
  if (!isUnsure) return actor;
  const own = { ...actor };
  unsure.add(own);
  return own;
}

export interface GateAsked {
  actor: Actor;
  agentId: string;
  tool: string;
  input: Json;
  /** Empty when the caller names none. */
  conversationId: string;
  /** Null: a question of its own. */
  toolCallId: string | null;
  onBehalfOf: string | null;
  segment: string | null;
  confidence: number | null;
  /** A held call is answered when a person has decided, or after this time; at most `MOST_WAIT_MS`. */
  waitMs: number;
  /** Who asks has another `toolCallId` each time it makes the same call. */
  isNamedAnew?: boolean | undefined;
  /** The way back to who asks: once it is gone, nobody waits any more. */
  outgoing: { destroyed: boolean } | null;
}

/** Throws `NotPermitted`, `NotFound`, and `Unavailable` when nothing can be recorded. Without a word from the database for two seconds everything is refused. */
export async function askGate(asked: GateAsked): Promise<CheckedCall> {
  requireAgent(asked.actor, asked.agentId);
  const toolCallId = shortKey(asked.toolCallId ?? randomUUID());
  const startedMs = performance.now();
  const untilMs = startedMs + Math.min(asked.waitMs, MOST_WAIT_MS);
  let said = await answer(asked, toolCallId);
  const decidedMs = performance.now();
  for (let leftMs = untilMs - decidedMs; said.decision === "hold" && said.approval !== null && leftMs > 0; leftMs = untilMs - performance.now()) {
    await pause(Math.min(LOOK_EVERY_MS, leftMs));
    // An approval is not used up by a call that nobody is there to make.
    if (asked.outgoing?.destroyed === true) break;
    said = await answer(asked, toolCallId);
  }
  countDecision(asked.actor, said.decision, decidedMs - startedMs);
  return said;
}

/** Holdpoint's own probes are no question of an agent. */
export function countDecision(actor: Actor, decision: GateDecision, ms: number): void {
  if (actor.kind === "system") return;
  metrics().gateChecks.inc({ decision });
  metrics().gateSeconds.observe(ms / 1_000);
}

async function answer(asked: GateAsked, toolCallId: string): Promise<CheckedCall> {
  const { actor, agentId, conversationId, tool, input, onBehalfOf, segment, confidence, isNamedAnew } = asked;
  const { cache } = stopPath();
  const held = cache.read(agentId) ?? (await cache.load(agentId));
  if (!held) throw new NotFound(`There is no agent ${agentId}.`);
  const nowMs = performance.now();
  const isOpen = cache.isFresh(nowMs) && !unsure.has(actor);
  if (isOpen && agentId !== PROBE_AGENT_ID) return checkCall(actor, { agentId, conversationId: shortKey(conversationId), toolCallId, tool, input, onBehalfOf, segment, confidence, isNamedAnew }, held.bundle, new Date());
  // Not recorded: there is no database to record it in, so it is a no; or it is the probe agent, which exists in this process alone.
  return { ...decideGate({ tool }, { bundle: held.bundle, leaseUntilMs: isOpen ? Infinity : null }, nowMs), evaluationId: "", inputDigest: inputDigest(input), approval: null };
}
