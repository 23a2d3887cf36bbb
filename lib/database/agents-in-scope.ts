// Which agents does a kill switch cover? Asked by queries before it is engaged and by operations afterwards.

import { agentInScope, type ScopedStop } from "../domain/stop-scope.ts";
import type { Transaction } from "./database.ts";

function covered(stop: ScopedStop) {
  const { scope, target } = stop;
  if (scope === "fleet") return {};
  if (scope === "tier") return target === "0" ? { OR: [{ tier: 0 }, { tier: null }] } : { tier: Number(target) };
  return scope === "version" ? { currentVersionId: target } : { id: agentInScope(stop) ?? "" };
}

/** In the order of ids, which is the order in which rows are locked. */
export async function agentsInScope(client: Transaction, stop: ScopedStop): Promise<string[]> {
  const agents = await client.agent.findMany({ where: { archivedAt: null, ...covered(stop) }, select: { id: true }, orderBy: { id: "asc" } });
  return agents.map((agent) => agent.id);
}
