// Which runs made a consequential call after the gate had refused it? Telemetry against the gate's own record.

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { loadVersionRules } from "../database/version-rules.ts";

interface MadeCall {
  runId: string;
  versionId: string | null;
  tool: string;
}

const MICROSECOND = Prisma.sql`interval '1 microsecond'`;

/**
 * Ids of runs of which something was heard since `since`; a refusal counts for seven days.
 *
 * A call that was made ended well and began after its refusal. Most agents ask from within the call, and many hand a refusal to their model as the
 * call's result, so a span that ended well is not enough: it is none where the gate refused within it, where its result is the refusal, or where the
 * refusal was decided within another span and the call, asked about again without an id of its own, got the same answer. One that was prepared must
 * begin a second later at least: two machines are never of quite the same time. A span that begins after it was received is of a wrong clock, and
 * shows nothing. What was permitted for the same tool may be what was made, unless the ids of the calls tell them apart.
 */
export async function madeAlthoughDenied(tx: Transaction, agentId: string, since: Date): Promise<string[]> {
  const made = await tx.$queryRaw<MadeCall[]>`
    SELECT DISTINCT r.id AS "runId", d.version_id AS "versionId", d.tool
    FROM gate_decision d JOIN run r ON r.agent_id = d.agent_id AND r.conversation_id = d.conversation_id AND r.updated_at >= ${since}::timestamptz
      JOIN span s ON s.run_id = r.id AND s.kind = 'tool' AND s.status = 'ok' AND s.tool_name = d.tool AND s.started_at <= r.updated_at
        AND s.started_at > d.decided_at + CASE WHEN d.action_id IS NULL THEN interval '0' ELSE interval '1 second' END
        AND position(d.sentence IN coalesce(s.output #>> '{}', '')) = 0
    WHERE d.agent_id = ${agentId} AND d.decision = 'deny' AND d.decided_at >= ${since}::timestamptz - interval '7 days'
      AND NOT EXISTS (SELECT FROM gate_decision n WHERE n.agent_id = d.agent_id AND n.conversation_id = d.conversation_id AND n.tool = d.tool AND n.decision = 'deny' AND n.decided_at BETWEEN s.started_at AND s.started_at + s.duration_us * ${MICROSECOND})
      AND NOT EXISTS (SELECT FROM span w WHERE d.tool_call_id = '' AND w.run_id = r.id AND w.kind = 'tool' AND w.tool_name = d.tool AND d.decided_at BETWEEN w.started_at AND w.started_at + w.duration_us * ${MICROSECOND})
      AND NOT EXISTS (
        SELECT FROM gate_decision p LEFT JOIN action b ON b.id = p.action_id
        WHERE p.agent_id = d.agent_id AND p.conversation_id = d.conversation_id AND p.tool = d.tool AND (p.decision = 'permit' OR b.started_at IS NOT NULL)
          AND (d.tool_call_id = '' OR s.tool_call_id IS DISTINCT FROM d.tool_call_id OR p.tool_call_id = d.tool_call_id))`;
  const runs = new Set<string>();
  for (const { runId, versionId, tool } of made) {
    const effect = versionId === null ? undefined : (await loadVersionRules(tx, versionId)).tools.get(tool)?.effect;
    if (effect !== "read") runs.add(runId);
  }
  return [...runs];
}
