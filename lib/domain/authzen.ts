// What does a question of AuthZEN's Authorization API 1.0 mean to the gate, and how is the answer said in its words?

import { z } from "zod";
import type { CheckedAnswer } from "./checked-answer.ts";
import type { Json } from "./manifest.ts";

const named = z.looseObject({ type: z.string().min(1).max(300), id: z.string().min(1).max(1_000), properties: z.looseObject({}).optional() });
const action = z.looseObject({ name: z.string().min(1).max(300), properties: z.looseObject({}).optional() });
const context = z.looseObject({});

/** Section 6.1; unknown members are allowed and mean nothing here. */
export const evaluationSchema = z.looseObject({ subject: named, action, resource: named, context: context.optional() });
export type Evaluation = z.infer<typeof evaluationSchema>;

export const EVALUATION_SEMANTICS = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const;
const MOST_EVALUATIONS = 100;

/** Section 7.1: what an item leaves out is taken from the request. */
export const evaluationsSchema = z.looseObject({
  subject: named.optional(), action: action.optional(), resource: named.optional(), context: context.optional(),
  evaluations: z.array(z.looseObject({ subject: named.optional(), action: action.optional(), resource: named.optional(), context: context.optional() })).max(MOST_EVALUATIONS).optional(),
  options: z.looseObject({ evaluations_semantic: z.enum(EVALUATION_SEMANTICS).default("execute_all") }).optional(),
});

export interface AuthzenQuestion {
  agentId: string;
  tool: string;
  input: Json;
  conversationId: string;
  toolCallId: string | null;
  onBehalfOf: string | null;
  segment: string | null;
  confidence: number | null;
}

const name = z.string().min(1).max(1_000);

/** Null is not said. What is said in a form that is not read is refused: as not said it would be decided as if it were for nobody. */
const saidSchema = z.object({
  conversation_id: z.string().max(1_000).nullish(), tool_call_id: name.nullish(), segment: name.nullish(), confidence: z.number().min(0).max(1).nullish(),
  on_behalf_of: z.union([name, z.looseObject({ id: name }).transform(({ id }) => id)], "Say for whom as a text, or as an object with an `id`.").nullish(),
});

/**
 * Subject: the agent. Resource: the tool, whose server may stand before it (`payments/refund_payment`). Arguments: in the action's properties, as
 * the COAZ profile for MCP has them. Null: a question about something that is no tool call of an agent. Throws a `ZodError` for what cannot be read.
 */
export function questionOf({ subject, action: asked, resource, context: around = {} }: Evaluation): AuthzenQuestion | null {
  if (subject.type !== "agent" || resource.type !== "tool" || asked.name !== "tools/call") return null;
  const said = saidSchema.parse({ ...around, on_behalf_of: subject.properties?.on_behalf_of });
  return {
    agentId: subject.id, tool: resource.id.slice(resource.id.lastIndexOf("/") + 1), input: (asked.properties?.arguments ?? {}) as Json, conversationId: said.conversation_id ?? "",
    toolCallId: said.tool_call_id ?? null, onBehalfOf: said.on_behalf_of ?? null, segment: said.segment ?? null, confidence: said.confidence ?? null,
  };
}

export interface AuthzenAnswer {
  decision: boolean;
  context: Record<string, unknown>;
}

/** A hold is a denial that can be asked about (access request profile, draft 1): the request is made already, and where it stands is told. */
export function authzenAnswer({ evaluationId, decision, reason, sentence, approval, policies }: CheckedAnswer, now: Date): AuthzenAnswer {
  const said = { evaluation_id: evaluationId, evaluated_at: now.toISOString(), reason: decision === "hold" ? "approval_required" : reason, reason_user: { en: sentence }, policies };
  if (decision !== "hold" || approval === null) return { decision: decision === "permit", context: said };
  return { decision: false, context: { ...said, access_request: { expires_at: approval.expiresAt, endpoint: "/access/v1/access-requests", task: { id: approval.id, status_endpoint: `/access/v1/access-requests/${approval.id}` } } } };
}

/** What no agent's tool call is about is nothing that Holdpoint permits. */
export const NOT_OURS: AuthzenAnswer = { decision: false, context: { reason: "not_a_tool_call", reason_user: { en: "Holdpoint decides about tool calls of agents: subject type agent, action tools/call, resource type tool." } } };

const TASK_STATUS: Readonly<Record<string, string>> = {
  held: "pending", approved: "approved", started: "approved", committed: "approved", compensating: "approved", compensated: "approved", by_hand: "approved",
  rejected: "denied", denied: "denied", expired: "expired", withdrawn: "cancelled", stopped: "cancelled", failed: "failed",
};

/** Of the profile's words; a state that is not known counts as denied. */
export const taskStatus = (state: string): string => TASK_STATUS[state] ?? "denied";
