// Did what just happened move an agent's authority? Called by every operation that touches a constraint, inside its transaction.

import { authoritySentence } from "../domain/authority-meaning.ts";
import { computeAuthority, type Authority } from "../domain/authority.ts";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma, type Transaction } from "../database/database.ts";
import { describeError, logger } from "../logger.ts";
import { appendToLog } from "./append-to-log.ts";
import { notify } from "./operation.ts";

/** Writes the history and a log entry when the level or what binds it changed; the caller holds the agent's row lock. */
export async function refreshAuthority(tx: Transaction, agentId: string, now: Date): Promise<Authority> {
  const authority = computeAuthority(await loadAuthorityFacts(tx, agentId, now), now);
  const binding = authority.binding.source;
  const [before] = await tx.$queryRaw<{ authority_level: string; authority_binding: string; recorded: boolean }[]>`
    SELECT authority_level, authority_binding, EXISTS (SELECT 1 FROM authority_record r WHERE r.agent_id = agent.id) AS recorded
    FROM agent WHERE id = ${agentId}`;
  if (before?.recorded && before.authority_level === authority.level && before.authority_binding === binding) return authority;
  await tx.agent.update({ where: { id: agentId }, data: { authorityLevel: authority.level, authorityBinding: binding } });
  await tx.authorityRecord.create({ data: { agentId, at: now, level: authority.level, binding, reason: authoritySentence(authority, null) } });
  await appendToLog(tx, [{
    kind: "authority.changed", actor: "system:holdpoint", subject: agentId, agentId, at: now,
    detail: { level: authority.level, binding, reason: authority.binding.reason, before: before?.recorded ? before.authority_level : null },
  }]);
  await notify(tx, { kind: "authority.changed", subject: agentId, agentId });
  return authority;
}

/** The row lock that serialises everything that counts or compares within one agent. */
export async function lockAgent(tx: Transaction, agentId: string) {
  await tx.$executeRaw`SELECT 1 FROM agent WHERE id = ${agentId} FOR UPDATE`;
  return tx.agent.findUnique({ where: { id: agentId } });
}

/** Constraints end by the clock, too: overrides expire. Only agents that have one are looked at. */
export async function refreshExpiredOverrides(now: Date): Promise<number> {
  const due = await prisma().$queryRaw<{ agent_id: string }[]>`
    SELECT DISTINCT o.agent_id FROM override o JOIN agent a ON a.id = o.agent_id
    WHERE o.expires_at <= ${now} AND o.expires_at > ${new Date(now.getTime() - 24 * 3_600_000)}
      AND NOT EXISTS (SELECT 1 FROM authority_record r WHERE r.agent_id = o.agent_id AND r.at >= o.expires_at)`;
  for (const { agent_id: agentId } of due) {
    const refreshed = prisma().$transaction(async (tx) => {
      await lockAgent(tx, agentId);
      await refreshAuthority(tx, agentId, now);
    });
    await refreshed.catch((error: unknown) => logger().error({ agent: agentId, ...describeError(error) }, "an override has ended and the authority could not be computed anew"));
  }
  return due.length;
}
