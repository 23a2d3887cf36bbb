// An agent for tests: people who own it, a complete card, and a first version that its owners approved.

import { randomBytes } from "node:crypto";
import { prisma } from "../database/database.ts";
import { agentCardSchema, type AgentCard } from "../domain/agent-card.ts";
import type { Manifest } from "../domain/manifest.ts";
import { reviewPolicySchema } from "../domain/review-policy.ts";
import type { HouseRole, OwnerRole, PersonActor } from "../domain/roles.ts";
import { newId } from "../new-id.ts";
import { assignOwners, createAgent } from "../operations/agents.ts";
import { approveChange, recordSuiteResult } from "../operations/changes.ts";
import { systemActor } from "../operations/people.ts";
import { waiveRollout } from "../operations/promote-rollout.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { registerVersion, registrationSchema, type Registered } from "../operations/versions.ts";

export const CARD: AgentCard = agentCardSchema.parse({
  team: "Payments", purpose: "Decides refunds for the web shop.",
  boundary: { may: ["Refund up to 150 EUR"], mustNever: ["Change an order"], mustEscalateWhen: ["Legal words"], doneMeans: ["Ticket answered"] },
  inputs: ["Ticket"], tools: ["order_get", "refund_create"], dataSources: ["Orders"], escalationContact: "desk@example.test", onCallRotation: "Payments, weekly",
  runbook: "Stop the agent, then call the desk.", monthlyBudget: { amountMinor: 45_000, currency: "EUR" },
  pact: [{ metric: "action_error_rate", bound: "at_most", value: 0.02, windowDays: 7 }],
});

export const manifest = (changes: Partial<Manifest> = {}): Manifest => ({
  label: "1.0", model: { provider: "openai", name: "gpt-4.1" }, prompt: "You handle refunds for the web shop.",
  tools: [
    { name: "order_get", description: "Reads an order.", inputSchema: { type: "object", properties: { order: { type: "string" } }, required: ["order"] }, effect: "read" },
    { name: "refund_create", description: "Pays back.", inputSchema: { type: "object", properties: { amount: { type: "number", maximum: 150 } } }, effect: "write", system: "payments" },
  ],
  ...changes,
});

/** Without a password: hashing one takes a tenth of a second. */
export async function makePerson(name: string, roles: HouseRole[] = [], owns: Record<string, OwnerRole[]> = {}): Promise<PersonActor> {
  const id = newId("pe");
  await prisma().person.create({ data: { id, email: `${id}@example.test`, name, houseRoles: roles, createdAt: new Date() } });
  return { kind: "person", id, name, roles, owns };
}

export interface Owners {
  business_owner: PersonActor;
  technical_owner: PersonActor;
  model_steward: PersonActor;
}

export interface MadeAgent {
  id: string;
  owners: Owners;
  author: PersonActor;
  /** As a pipeline would, for the author. */
  register: (manifest: Manifest, more?: { replacesChangeId?: string; sourceRef?: string }) => Promise<Registered>;
  /** Every suite passes and every owner who is asked approves; a rollout that was planned for it is skipped by two owners, unless it is kept. */
  approve: (changeId: string, options?: { keepsRollout?: boolean }) => Promise<void>;
}

export async function makeAgent(options: { isApproved?: boolean; card?: AgentCard; tier?: 0 | 1 | 2 | null } = {}): Promise<MadeAgent> {
  await seedDefaults();
  const id = `agent-${randomBytes(4).toString("hex")}`;
  const owned = (role: OwnerRole, name: string) => makePerson(name, [], { [id]: [role] });
  const owners: Owners = {
    business_owner: await owned("business_owner", "Ingrid Holm"), technical_owner: await owned("technical_owner", "Priya Nair"), model_steward: await owned("model_steward", "Daniel Okafor"),
  };
  const author = await makePerson("Tomás Vega", ["operator"]);
  await createAgent(systemActor, { agentId: id, card: options.card ?? CARD });
  await assignOwners({ ...author, roles: ["administrator"] }, {
    agentId: id, owners: (Object.keys(owners) as OwnerRole[]).map((role) => ({ role, personId: owners[role].id, isDeputy: false, deputyUntil: null })),
  });
  const tier = options.tier === undefined ? 2 : options.tier;
  if (tier !== null) await prisma().agent.update({ where: { id }, data: { tier, tierSetAt: new Date(), tierSetBy: "Ingrid Holm" } });
  const agent: MadeAgent = {
    id, owners, author,
    register: (recipe, more = {}) =>
      registerVersion(systemActor, registrationSchema.parse({ agentId: id, manifest: recipe, source: "api", author: `${author.id}@example.test`, ...more })),
    approve: async (changeId, { keepsRollout = false } = {}) => {
      const { fingerprint, obligations } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
      for (const obligation of obligations as { kind: string; suite?: "golden"; role?: OwnerRole | "any_reviewer" }[]) {
        if (obligation.kind === "suite" && obligation.suite) {
          await recordSuiteResult(owners.model_steward, { changeId, suite: obligation.suite, fingerprint, passed: 10, failed: 0, undecided: 0, url: null });
        }
      }
      for (const obligation of obligations as { kind: string; role?: OwnerRole | "any_reviewer" }[]) {
        if (obligation.kind !== "review" || !obligation.role) continue;
        const role = obligation.role === "any_reviewer" ? "technical_owner" : obligation.role;
        await approveChange(owners[role], { changeId, fingerprint, comment: null });
      }
      const planned = keepsRollout ? null : await prisma().rollout.findUnique({ where: { changeId }, select: { id: true, revision: true } });
      for (const owner of planned ? [owners.business_owner, owners.technical_owner] : []) {
        await waiveRollout(owner, { rolloutId: planned?.id ?? "", revision: planned?.revision ?? 0, reason: "Tried elsewhere." });
      }
    },
  };
  if (options.isApproved !== false) {
    const { change } = await agent.register(manifest());
    if (!change) throw new Error("the first version needs a review");
    await agent.approve(change.id);
  }
  return agent;
}

/** Another re-review policy at once, without the review it would need. */
export async function forcePolicy(change: (policy: ReturnType<typeof reviewPolicySchema.parse>) => unknown): Promise<void> {
  const last = await prisma().reviewPolicy.findFirstOrThrow({ orderBy: { revision: "desc" } });
  const content = reviewPolicySchema.parse(change(reviewPolicySchema.parse(last.content)));
  await prisma().reviewPolicy.create({ data: { revision: last.revision + 1, content, digest: "test", effectiveAt: new Date() } });
}
