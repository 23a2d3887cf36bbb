// Who has to answer a rehearsal, and who did? Asked while it runs and by whoever looks at it.

import type { RehearsedPoint } from "../domain/judge-rehearsal.ts";
import type { ScopedStop } from "../domain/stop-scope.ts";
import { agentsInScope } from "./agents-in-scope.ts";
import type { Transaction } from "./database.ts";

export interface RunningRehearsal extends ScopedStop {
  id: string;
  kind: string;
  startedAt: Date;
}

/** A standing one asks all points; a drill those of the agents that it covers. Who was not live at its start has nothing to answer. */
export async function loadRehearsedPoints(client: Transaction, rehearsal: RunningRehearsal, now: Date): Promise<RehearsedPoint[]> {
  const isOfAll = rehearsal.kind === "standing";
  const agentIds = isOfAll ? [] : await agentsInScope(client, rehearsal);
  const rows = await client.$queryRaw<(Omit<RehearsedPoint, "answeredMs"> & { at: Date | null })[]>`
    SELECT p.name, p.agent_id AS "agentId", a.at, (p.left_at >= p.last_heard_at OR (p.lease_until <= ${now} AND p.last_heard_at <= p.lease_until)) IS TRUE AS "isGone"
    FROM enforcement_point p LEFT JOIN rehearsal_answer a ON a.rehearsal_id = ${rehearsal.id} AND a.point_id = p.id
    WHERE p.kind <> 'probe' AND (${isOfAll} OR p.agent_id = ANY(${agentIds}))
      AND (a.point_id IS NOT NULL OR (p.first_heard_at <= ${rehearsal.startedAt} AND p.lease_until > ${rehearsal.startedAt}))`;
  return rows.map(({ at, ...row }) => ({ ...row, answeredMs: at === null ? null : at.getTime() - rehearsal.startedAt.getTime() }));
}
