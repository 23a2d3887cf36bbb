// Which actions does a kill switch reach? Those that wait, and those that are under way. Asked by queries and by operations.

import { Prisma } from "../../generated/prisma/client.ts";
import { splitTool, type ScopedStop } from "../domain/stop-scope.ts";
import { agentsInScope } from "./agents-in-scope.ts";
import type { Transaction } from "./database.ts";

export interface CoveredAction {
  id: string;
  agentId: string;
  tool: string;
}

async function whereCovered(client: Transaction, stop: ScopedStop): Promise<Prisma.ActionWhereInput> {
  if (stop.scope === "fleet") return {};
  const agentId = { in: await agentsInScope(client, stop) };
  // A version that is being tried is current nowhere, and acts all the same; a stop of the current one leaves it alone.
  if (stop.scope === "version") {
    const tried = (await client.rollout.findMany({ where: { agentId, state: { not: "completed" } }, select: { candidateId: true } })).map(({ candidateId }) => candidateId);
    return { OR: [{ agentId, OR: [{ versionId: null }, { versionId: { notIn: tried } }] }, { versionId: stop.target }] };
  }
  const tool = stop.scope === "tool" ? splitTool(stop.target) : null;
  return { agentId, ...(tool ? { tool: tool.tool } : {}) };
}

export async function actionsCovered(client: Transaction, stop: ScopedStop, states: readonly string[], atMost: number): Promise<CoveredAction[]> {
  return client.action.findMany({
    where: { AND: [{ state: { in: [...states] } }, await whereCovered(client, stop)] },
    orderBy: { id: "asc" }, take: atMost, select: { id: true, agentId: true, tool: true },
  });
}

export interface ActionInFlight extends CoveredAction {
  startedAt: Date | null;
  heartbeatAt: Date | null;
}

/** Begun before the stop: nobody can take the permission back, so they are listed. The longest under way first. */
export async function actionsInFlight(client: Transaction, stop: ScopedStop, atMost = 200): Promise<{ actions: ActionInFlight[]; total: number }> {
  const where = { AND: [{ state: "started", isSeeded: false }, await whereCovered(client, stop)] };
  const actions = await client.action.findMany({ where, orderBy: [{ startedAt: "asc" }, { id: "asc" }], take: atMost, select: { id: true, agentId: true, tool: true, startedAt: true, heartbeatAt: true } });
  return { actions, total: actions.length < atMost ? actions.length : await client.action.count({ where }) };
}

/** Of an action `a` and its agent `g`: a version that is being tried is stopped by itself, and not with the current one. */
const COVERS = Prisma.sql`released_at IS NULL AND (scope = 'fleet' OR (scope = 'tier' AND target = coalesce(g.tier, 0)::text) OR (scope = 'agent' AND target = g.id)
  OR (scope = 'version' AND (target = a.version_id OR (target = g.current_version_id
    AND NOT EXISTS (SELECT FROM rollout o WHERE o.agent_id = g.id AND o.candidate_id = a.version_id AND o.state <> 'completed')))) OR (scope = 'tool' AND target = g.id || '/' || a.tool))`;

/** The first engaged stop that covers this action, however far it is; null: none does. */
export async function stopOfAction(client: Transaction, actionId: string): Promise<string | null> {
  const [stop] = await client.$queryRaw<{ id: string }[]>`
    SELECT stop.id FROM action a JOIN agent g ON g.id = a.agent_id JOIN stop ON ${COVERS} WHERE a.id = ${actionId} ORDER BY stop.engaged_at, stop.id LIMIT 1`;
  return stop?.id ?? null;
}

/** Of all engaged stops, the first one that covers each. */
export async function coveredByAnyStop(client: Transaction, atMost: number): Promise<(CoveredAction & { stopId: string })[]> {
  const rows = await client.$queryRaw<{ id: string; agent_id: string; tool: string; stop_id: string }[]>`
    SELECT a.id, a.agent_id, a.tool, s.id AS stop_id FROM action a JOIN agent g ON g.id = a.agent_id
    JOIN LATERAL (SELECT id FROM stop WHERE ${COVERS} ORDER BY engaged_at, id LIMIT 1) s ON true
    WHERE a.state IN ('held', 'approved') ORDER BY a.id LIMIT ${atMost}`;
  return rows.map(({ id, agent_id: agentId, tool, stop_id: stopId }) => ({ id, agentId, tool, stopId }));
}
