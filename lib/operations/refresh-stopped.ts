// Does each agent's stored level say what the engaged stops say? The truth is computed whenever it is asked for; this keeps lists and history in step.

import { agentsInScope } from "../database/agents-in-scope.ts";
import { prisma, type Transaction } from "../database/database.ts";
import { authoritySentence } from "../domain/authority-meaning.ts";
import { killSwitchConstraint } from "../domain/authority.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { describeError, logger } from "../logger.ts";
import { appendToLog } from "./append-to-log.ts";
import { notify } from "./operation.ts";
import { lockAgent, refreshAuthority } from "./refresh-authority.ts";

/** Computing one agent takes some milliseconds: more than these wait for the sweep, so that nobody waits in front of a form. */
const AT_ONCE = 20;

/** Never throws: the latch is what counts, and it is stored. */
export async function showStopped(stop: ScopedStop & { id: string }, now: Date): Promise<void> {
  if (stop.scope === "tool") return;
  try {
    await prisma().$transaction((tx) => markStopped(tx, stop, now), { maxWait: 10_000, timeout: 30_000 });
  } catch (error) {
    logger().warn({ stopId: stop.id, ...describeError(error) }, "what lists show of a stop is left to the sweep");
  }
  await refreshStopped(now, AT_ONCE).catch(() => undefined);
}

/** After a release. Never throws, as above. */
export async function showReleased(now: Date): Promise<void> {
  await refreshStopped(now, AT_ONCE).catch(() => undefined);
}

/**
 * All agents of the scope in one go, whose authority needs no computing: no level is lower, and no constraint is named before a kill
 * switch. Agents that somebody else holds are passed over.
 */
async function markStopped(tx: Transaction, stop: ScopedStop & { id: string }, now: Date): Promise<void> {
  const [engaged] = await tx.$queryRaw<{ by: string; at: Date; reason: string | null }[]>`
    SELECT engaged_by AS by, engaged_at AS at, reason FROM stop WHERE id = ${stop.id} AND released_at IS NULL FOR SHARE`;
  if (!engaged) return;
  const binding = killSwitchConstraint({ id: stop.id, scope: stop.scope, target: stop.target, engagedAt: engaged.at, engagedBy: engaged.by, reason: engaged.reason });
  const level = binding.level ?? "stopped";
  const agents = await tx.$queryRaw<{ id: string; before: string | null }[]>`
    SELECT id, CASE WHEN EXISTS (SELECT 1 FROM authority_record r WHERE r.agent_id = agent.id) THEN authority_level END AS before
    FROM agent WHERE id = ANY(${await agentsInScope(tx, stop)}) AND (authority_level <> ${level} OR authority_binding <> ${binding.source})
    ORDER BY id FOR UPDATE SKIP LOCKED`;
  if (agents.length === 0) return;
  await tx.agent.updateMany({ where: { id: { in: agents.map((agent) => agent.id) } }, data: { authorityLevel: level, authorityBinding: binding.source } });
  const reason = authoritySentence({ level, binding }, null);
  await tx.authorityRecord.createMany({ data: agents.map(({ id }) => ({ agentId: id, at: now, level, binding: binding.source, reason })) });
  await appendToLog(tx, agents.map(({ id, before }) => ({
    kind: "authority.changed", actor: "system:holdpoint", subject: id, agentId: id, at: now, detail: { level, binding: binding.source, reason: binding.reason, before },
  })));
  // Of many agents at once nobody is told one by one.
  const [only] = agents;
  await notify(tx, only && agents.length === 1 ? { kind: "authority.changed", subject: only.id, agentId: only.id } : { kind: "authority.changed", subject: "agents", agentId: null });
}

/** Computes agents whose stored level contradicts the engaged stops, at most so many. Returns how many there were. */
export async function refreshStopped(now: Date, atMost = 10_000): Promise<number> {
  const due = await prisma().$queryRaw<{ id: string }[]>`
    SELECT id FROM (
      SELECT a.id, a.authority_level AS level, a.authority_binding AS binding, EXISTS (
        SELECT 1 FROM stop s WHERE s.released_at IS NULL AND (
          s.scope = 'fleet' OR (s.scope = 'tier' AND s.target = coalesce(a.tier, 0)::text) OR (s.scope = 'agent' AND s.target = a.id)
          OR (s.scope = 'version' AND s.target = a.current_version_id))) AS is_stopped
      FROM agent a WHERE a.archived_at IS NULL) known
    WHERE (is_stopped AND level <> 'stopped') OR (NOT is_stopped AND level = 'stopped' AND binding = 'kill_switch') ORDER BY id LIMIT ${atMost}`;
  for (const { id } of due) await refreshOne(id, now);
  return due.length;
}

/** One that fails keeps nobody else from being refreshed. */
async function refreshOne(agentId: string, now: Date): Promise<void> {
  try {
    await prisma().$transaction(async (tx) => {
      await lockAgent(tx, agentId);
      await refreshAuthority(tx, agentId, now);
    });
  } catch (error) {
    logger().warn({ agentId, ...describeError(error) }, "an agent's authority could not be computed and will be again");
  }
}
