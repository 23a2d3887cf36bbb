// What may this person rehearse a stop of? The house, its tiers, agents that have a point, and of one agent its version and its tools.

import { pool, prisma } from "../database/database.ts";
import { CONTROL_TIERS } from "../domain/authority-level.ts";
import { may } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { stopName, writeStopScope, type ScopedStop } from "../domain/stop-scope.ts";
import { listTools } from "./versions.ts";

export interface DrillScopes {
  options: { value: string; label: string }[];
  /** Agents that have a point and are not listed: the address names one. */
  more: number;
}

const MOST_AGENTS = 100;
/** On an agent whose points have been silent for longer there is nothing to rehearse with. */
const SILENT_HOURS = 24;

const option = (stop: ScopedStop, label: string) => ({ value: writeStopScope(stop), label });

/** `agentId`: named in the address, and listed however many there are. */
export async function listDrillScopes(actor: PersonActor, agentId: string | null, now: Date): Promise<DrillScopes> {
  const mayStop = (of: string | null): boolean => may(actor, "stop:engage", of).ok;
  const { rows } = await pool().query<{ id: string }>(
    "SELECT DISTINCT agent_id AS id FROM enforcement_point WHERE kind <> 'probe' AND last_heard_at > $1 ORDER BY 1", [new Date(now.getTime() - SILENT_HOURS * 3_600_000)]);
  const agents = rows.map(({ id }) => id).filter(mayStop);
  const listed = [...new Set([...agents.slice(0, MOST_AGENTS), ...agents.filter((id) => id === agentId)])].toSorted();
  const house = mayStop(null) ? [option({ scope: "fleet", target: "" }, "The whole fleet"), ...CONTROL_TIERS.toReversed().map((tier) => option({ scope: "tier", target: String(tier) }, `Tier ${tier}`))] : [];
  const parts = agentId !== null && mayStop(agentId) ? await partsOf(agentId) : [];
  return { options: [...house, ...listed.map((id) => option({ scope: "agent", target: id }, id)), ...parts], more: agents.length - listed.length };
}

async function partsOf(agentId: string): Promise<DrillScopes["options"]> {
  const agent = await prisma().agent.findUnique({ where: { id: agentId, archivedAt: null }, select: { currentVersion: { select: { id: true, number: true } } } });
  const version = agent?.currentVersion;
  if (!version) return [];
  const scopes: ScopedStop[] = (await listTools(version.id)).map(({ name }) => ({ scope: "tool", target: `${agentId}/${name}` }));
  return [option({ scope: "version", target: version.id }, `Version ${version.number} of ${agentId}`), ...scopes.map((scope) => option(scope, stopName(scope)))];
}
