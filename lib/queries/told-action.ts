// What is told of one action over the API, to its agent and to people's own keys?

import { prisma } from "../database/database.ts";
import { isJsonObject, own } from "../domain/json-object.ts";
import type { Actor } from "../domain/roles.ts";
import { tellAction, type ToldAction } from "../domain/told-action.ts";

export async function agentOfAction(actionId: string): Promise<string | null> {
  return (await prisma().action.findUnique({ where: { id: actionId }, select: { agentId: true } }))?.agentId ?? null;
}

const WAS_SEEDED = "This was a test by Holdpoint, of whether people read what they approve. Nothing was carried out.";

/** Null: there is no such action. A request of Holdpoint's own is there for people only, who decide about it as about any other. */
export async function findToldAction(actionId: string, actor: Actor): Promise<ToldAction | null> {
  const action = await prisma().action.findUnique({ where: { id: actionId } });
  if (action === null || (action.isSeeded && actor.kind !== "person")) return null;
  return action.isSeeded && action.state !== "held" ? { ...tellAction(action), sentence: WAS_SEEDED } : tellAction(action);
}

export interface HeldDecision {
  actionId: string;
  agentId: string;
  tool: string;
  conversationId: string;
  toolCallId: string;
  inputDigest: string;
  onBehalfOf: string | null;
}

/** Null: no call was held under this id. */
export async function findHeldDecision(evaluationId: string): Promise<HeldDecision | null> {
  const decision = await prisma().gateDecision.findUnique({
    where: { id: evaluationId }, select: { agentId: true, tool: true, conversationId: true, toolCallId: true, inputDigest: true, decision: true, actionId: true, facts: true },
  });
  if (decision === null || decision.decision !== "hold" || decision.actionId === null) return null;
  const { actionId, facts, decision: _, ...call } = decision;
  const user = isJsonObject(facts) ? own(facts, "user") : null;
  return { ...call, actionId, onBehalfOf: typeof user === "string" ? user : null };
}
