// How many calls that change something began although a stop covers them?

import { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { wasNotMade } from "../database/gate-calls.ts";
import { UNDER_WAY_MS } from "../domain/stop-proof.ts";
import { splitTool, type ScopedStop } from "../domain/stop-scope.ts";

/** A version that is tried beside the current one is stopped by itself, and not with it: by what the run says, and by whom the gate decides its task for. */
const OF_ANOTHER_VERSION = Prisma.sql`EXISTS (SELECT FROM rollout o WHERE o.agent_id = r.agent_id AND o.state <> 'completed' AND (o.candidate_id = r.version_id
  OR EXISTS (SELECT FROM assignment t WHERE t.rollout_id = o.id AND ((t.arm = 'candidate' AND t.task_id = r.conversation_id) OR t.shadow_task_id = r.conversation_id))))`;

function covered({ scope, target }: ScopedStop): Prisma.Sql {
  if (scope === "version") return Prisma.sql`NOT ${OF_ANOTHER_VERSION}`;
  return scope === "tool" ? Prisma.sql`w.tool_name = ${splitTool(target)?.tool ?? ""}` : Prisma.sql`true`;
}

/** `agentIds`: whose current version is covered. A tool whose effect is not known counts as changing something; what the gate or a person refused was not made. */
export async function countCallsSince(stop: ScopedStop & { engagedAt: Date }, agentIds: readonly string[], until: Date): Promise<number> {
  const from = new Date(stop.engagedAt.getTime() + UNDER_WAY_MS);
  if (agentIds.length === 0 || from >= until) return 0;
  const [row] = await prisma().$queryRaw<{ calls: number }[]>`
    SELECT count(*)::int AS calls FROM run r JOIN span w ON w.run_id = r.id AND w.kind = 'tool' AND w.started_at > ${from} AND w.started_at <= ${until}
      LEFT JOIN agent a ON a.id = r.agent_id LEFT JOIN agent_version v ON v.id = coalesce(r.version_id, a.current_version_id)
    WHERE r.agent_id = ANY(${[...agentIds]}) AND r.started_at > ${from}::timestamptz - interval '1 day' AND r.ended_at > ${from} AND ${covered(stop)} AND NOT EXISTS (
      SELECT 1 FROM jsonb_array_elements(v.components) part JOIN component c ON c.digest = part->>'digest'
      WHERE part->>'kind' = 'tool' AND c.content->>'name' = w.tool_name AND c.content->>'effect' = 'read')
      AND NOT ${wasNotMade(Prisma.sql`r`)}`;
  return row?.calls ?? 0;
}
