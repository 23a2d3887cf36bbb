// What is told of one action over the API, to its agent and to people's own keys?

import { prisma } from "../database/database.ts";
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
