// What is known that limits an agent? Gathers the facts from which authority is computed; read by queries and operations alike.

import { agentCardSchema } from "../domain/agent-card.ts";
import { CONSTRAINT_SOURCES, type AuthorityFacts, type OverrideFact, type StopFact } from "../domain/authority.ts";
import { AUTHORITY_LEVELS, AUTONOMY_STAGES, CONTROL_TIERS } from "../domain/authority-level.ts";
import { missingFromCard, type NamedOwners } from "../domain/card-completeness.ts";
import { runningCapOf, type ReviewPolicy } from "../domain/review-policy.ts";
import { NotFound } from "../errors.ts";
import type { Transaction } from "./database.ts";
import { reviewPolicyInForce } from "./review-policy-in-force.ts";

/** A stored word that is not in the list is unknown to the decision, which then fails closed. */
const oneOf = <Value>(list: readonly Value[], value: unknown): Value | null => list.find((item) => item === value) ?? null;

/** Agents, tiers and versions whose stop covers this agent; tool stops are named `agent/tool`. */
function stopsThatCover(agent: { id: string; tier: number | null; currentVersionId: string | null }) {
  return [
    { scope: "fleet" },
    { scope: "tier", target: String(agent.tier ?? 0) },
    { scope: "agent", target: agent.id },
    ...(agent.currentVersionId ? [{ scope: "version", target: agent.currentVersionId }] : []),
    { scope: "tool", target: { startsWith: `${agent.id}/` } },
  ];
}

const findAgents = (client: Transaction, agentIds: readonly string[], now: Date) =>
  client.agent.findMany({
    where: { id: { in: [...agentIds] } },
    include: {
      currentVersion: { select: { id: true, number: true, fingerprint: true } },
      owners: { include: { person: { select: { name: true, disabledAt: true } } } },
      changes: { where: { state: "open", kind: "version" }, select: { id: true, class: true, title: true, proposedAt: true, expiresAt: true } },
      findings: { where: { state: "open", kind: "unreviewed_change" }, select: { id: true, sentence: true, openedAt: true } },
      overrides: { where: { revokedAt: null, expiresAt: { gt: now } } },
    },
  });

type AgentWithFacts = Awaited<ReturnType<typeof findAgents>>[number];
type StopRow = Awaited<ReturnType<Transaction["stop"]["findMany"]>>[number];

export async function loadAuthorityFacts(client: Transaction, agentId: string, now: Date): Promise<AuthorityFacts> {
  const [agent] = await findAgents(client, [agentId], now);
  if (!agent) throw new NotFound(`There is no agent ${agentId}.`);
  const { policy } = await reviewPolicyInForce(client);
  const stops = await client.stop.findMany({ where: { releasedAt: null, OR: stopsThatCover(agent) } });
  return factsOf(agent, policy, stops);
}

/** Of many agents in as many statements as for one, and without the stops. An agent whose facts cannot be read has none. */
export async function loadFactsWithoutStops(client: Transaction, agentIds: readonly string[], now: Date): Promise<{ agent: AgentWithFacts; facts: AuthorityFacts | null }[]> {
  const agents = await findAgents(client, agentIds, now);
  const { policy } = await reviewPolicyInForce(client);
  return agents.map((agent) => {
    try {
      return { agent, facts: factsOf(agent, policy, []) };
    } catch {
      return { agent, facts: null };
    }
  });
}

function factsOf(agent: AgentWithFacts, policy: ReviewPolicy, stops: readonly StopRow[]): AuthorityFacts {
  const named = agent.owners.filter((owner) => !owner.isDeputy && !owner.person.disabledAt);
  const owners: NamedOwners = Object.fromEntries(named.map((owner) => [owner.role, { name: owner.person.name }]));
  const tier = oneOf(CONTROL_TIERS, agent.tier);
  const changeClass = (value: string) => oneOf(["harmless", "material", "critical"] as const, value) ?? "critical";
  return {
    tier: { tier, since: agent.tierSetAt, setBy: agent.tierSetBy },
    stage: { stage: agent.currentVersion ? oneOf(AUTONOMY_STAGES, agent.stage) : null, since: agent.stageSince, versionNumber: agent.currentVersion?.number ?? null },
    openChanges: agent.changes.map((change) => {
      const klass = changeClass(change.class);
      return { ...change, class: klass, cap: runningCapOf(policy, klass) };
    }),
    unreviewedChanges: agent.findings.map(({ id, ...finding }) => ({ ...finding, findingId: id, cap: policy.unreviewedChangeCap })),
    cardMissing: missingFromCard(agentCardSchema.parse(agent.card), owners, tier),
    cardSince: agent.cardEditedAt,
    stops: stops.map((stop) => ({ ...stop, scope: stop.scope as StopFact["scope"] })),
    overrides: agent.overrides.map((override): OverrideFact => ({
      id: override.id, reason: override.reason, by: override.createdBy, createdAt: override.createdAt, expiresAt: override.expiresAt, revokedAt: override.revokedAt,
      source: oneOf(CONSTRAINT_SOURCES, override.source) ?? "override", level: oneOf(AUTHORITY_LEVELS, override.level) ?? "shadow",
    })),
  };
}
