// What are the calls of a group decided by, when nothing about them is out of the ordinary? Made of what one statement read under the locks.

import { urgentDatabase } from "../database/database.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import type { Bundle } from "../domain/bundle.ts";
import { isStopScope } from "../domain/stop-scope.ts";
import { withStops } from "./assigned-tasks.ts";
import { cutsOf } from "./cut-runs.ts";
import { countedOf, type GateCall, type GateSurroundings } from "./decide-call.ts";
import type { GateRead } from "./gate-statements.ts";
import { countersOf, Usage } from "./usage.ts";

export interface AskingAgent {
  /** The newest of those that its calls came with. */
  bundle: Bundle;
  calls: readonly GateCall[];
  rules: GateSurroundings["rules"];
}

/** In the order in which agents are locked. */
export async function askingAgents(all: readonly { call: GateCall; bundle: Bundle }[]): Promise<Map<string, AskingAgent>> {
  const agents = new Map<string, AskingAgent>();
  for (const [agentId, ofAgent] of [...Map.groupBy(all, ({ call }) => call.agentId)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const bundle = ofAgent.map((one) => one.bundle).reduce((a, b) => (b.epoch > a.epoch ? b : a));
    // Read once: the first to ask may be the probe of a stop, when the everyday connections are all in use.
    const rules = bundle.version ? await loadVersionRules(urgentDatabase().prisma, bundle.version.id) : null;
    agents.set(agentId, { bundle, calls: ofAgent.map(({ call }) => call), rules });
  }
  return agents;
}

export function questionOf(agents: ReadonlyMap<string, AskingAgent>, now: Date) {
  const each = [...agents];
  return {
    agentIds: [...agents.keys()],
    counters: each.flatMap(([agentId, { calls, rules }]) => countersOf(calls.map((call) => countedOf(call, rules)), now).map(({ scope, key }) => [agentId, scope, key] as const)),
    conversations: each.flatMap(([agentId, { calls }]) => [...new Set(calls.map(({ conversationId }) => conversationId))].filter((id) => id !== "").map((id) => [agentId, id] as const)),
  };
}

/** Of the agents whose current version is the one that their bundle is about; whoever is missing here has to ask anew. */
export function surroundingsOf(agents: ReadonlyMap<string, AskingAgent>, read: GateRead): Map<string, GateSurroundings> {
  const stored = new Map(read.agents.map((agent) => [agent.id, agent]));
  const stops = read.stops.flatMap(({ id, scope, target }) => (isStopScope(scope) ? [{ id, scope, target }] : []));
  const counters = Map.groupBy(read.counters, ([agentId]) => agentId);
  const cuts = Map.groupBy(read.cut, ([agentId]) => agentId);
  const surroundings = new Map<string, GateSurroundings>();
  for (const [agentId, { bundle, rules }] of agents) {
    const agent = stored.get(agentId);
    if (!agent || agent.version !== (bundle.version?.id ?? null)) continue;
    const usage = new Usage(agentId, (counters.get(agentId) ?? []).map(([, scope, key, calls, amountMinor]) => ({ scope, key, calls: BigInt(calls), amountMinor: BigInt(amountMinor) })));
    surroundings.set(agentId, { bundle: withStops(bundle, stops, { id: agentId, tier: agent.tier, currentVersionId: agent.version }), rules, usage, assigned: new Map(), cut: cutsOf(cuts.get(agentId) ?? []) });
  }
  return surroundings;
}

/** A call whose task a rollout assigned is decided by more than this. */
export function isAssigned(read: GateRead): (call: GateCall) => boolean {
  const assigned = new Set(read.assigned.map(([agentId, conversationId]) => JSON.stringify([agentId, conversationId])));
  return ({ agentId, conversationId }) => assigned.size > 0 && assigned.has(JSON.stringify([agentId, conversationId]));
}
