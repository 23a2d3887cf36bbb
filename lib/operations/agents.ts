// What can be done about an agent itself: bring it in, describe it on its card, say who answers for it.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { agentCardSchema, type AgentCard } from "../domain/agent-card.ts";
import { OWNER_ROLES, type OwnerRole } from "../domain/roles.ts";
import { BadInput, Conflict, NotFound } from "../errors.ts";
import { operation, type Context } from "./operation.ts";
import { lockAgent, refreshAuthority } from "./refresh-authority.ts";

export const agentIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "Use 1 to 63 lower-case letters, digits and dashes, for instance refund-bot.");

export const newAgentSchema = z.object({ agentId: agentIdSchema, card: agentCardSchema });

export const createAgent = operation({
  kind: "agent.created",
  needs: "agent:create",
  run: async ({ tx, actor, now }: Context, { agentId, card }: { agentId: string; card: AgentCard }) => {
    if (await tx.agent.findUnique({ where: { id: agentId }, select: { id: true } })) throw new Conflict(`An agent ${agentId} exists already.`);
    await tx.agent.create({ data: { id: agentId, card, cardEditedAt: now, stageSince: now, createdAt: now, createdBy: actor.name } });
    await refreshAuthority(tx, agentId, now);
    return { result: { agentId }, evidence: { subject: agentId, agentId, detail: { card } } };
  },
});

export const editCard = operation({
  kind: "card.edited",
  needs: "card:edit",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, now }: Context, { agentId, card, expectedRevision }: { agentId: string; card: AgentCard; expectedRevision?: number | undefined }) => {
    const agent = await existingAgent(tx, agentId);
    if (expectedRevision !== undefined && expectedRevision !== agent.cardRevision) {
      throw new Conflict(`Somebody else saved revision ${agent.cardRevision} meanwhile. Your text is still here; compare and save again.`);
    }
    const revision = agent.cardRevision + 1;
    await tx.agent.update({ where: { id: agentId }, data: { card, cardRevision: revision, cardEditedAt: now } });
    await refreshAuthority(tx, agentId, now);
    return { result: { revision }, evidence: { subject: agentId, agentId, detail: { revision, before: agent.card, after: card } } };
  },
});

export const ownerSchema = z.object({
  role: z.enum(OWNER_ROLES),
  personId: z.string().min(1),
  isDeputy: z.boolean().default(false),
  deputyUntil: z.coerce.date().nullable().default(null),
});
export type OwnerAssignment = z.infer<typeof ownerSchema>;

/** Replaces all owners and deputies. Each role has at most one owner; a deputy needs a last day. */
export const assignOwners = operation({
  kind: "owners.assigned",
  needs: "owners:assign",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, now }: Context, { agentId, owners }: { agentId: string; owners: OwnerAssignment[] }) => {
    await existingAgent(tx, agentId);
    checkOwners(owners);
    const people = await tx.person.findMany({ where: { id: { in: owners.map((owner) => owner.personId) }, disabledAt: null }, select: { id: true } });
    const known = new Set(people.map((person) => person.id));
    if (owners.some((owner) => !known.has(owner.personId))) throw new NotFound("One of these people does not exist or cannot sign in.");
    const before = await tx.agentOwner.findMany({ where: { agentId } });
    await tx.agentOwner.deleteMany({ where: { agentId } });
    await tx.agentOwner.createMany({ data: owners.map((owner) => ({ agentId, ...owner })) });
    await refreshAuthority(tx, agentId, now);
    return { result: undefined, evidence: { subject: agentId, agentId, detail: { before, after: owners } } };
  },
});

function checkOwners(owners: readonly OwnerAssignment[]): void {
  const held = new Set<OwnerRole>();
  const pairs = new Set<string>();
  for (const { role, personId, isDeputy, deputyUntil } of owners) {
    if (isDeputy && !deputyUntil) throw new BadInput("A deputy needs a last day.");
    if (!isDeputy && held.has(role)) throw new BadInput("Each owner role has exactly one owner; name others as deputies.");
    if (pairs.has(`${role} ${personId}`)) throw new BadInput("A person is named twice for the same role.");
    if (!isDeputy) held.add(role);
    pairs.add(`${role} ${personId}`);
  }
}

export async function existingAgent(tx: Transaction, agentId: string) {
  const agent = await lockAgent(tx, agentId);
  if (!agent || agent.archivedAt) throw new NotFound(`There is no agent ${agentId}.`);
  return agent;
}
