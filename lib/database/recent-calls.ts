// What did this agent ask for lately with this tool? Real actions alone, whatever became of them.

import type { Json } from "../domain/manifest.ts";
import type { RealCall } from "../domain/seed-request.ts";
import type { Transaction } from "./database.ts";

/** So many of an agent's actions are looked through, of any tool; what a page says of the usual rests on the same. */
export const LOOKED_THROUGH = 2_000;
const MOST_INPUT_CHARACTERS = 16_384;

interface Row {
  id: string; input: Json | null; input_digest: string; amount_minor: bigint | null; state: string; ended_at: Date | null; justification: string | null; plan: string | null; on_behalf_of: string | null; confidence: number | null;
}

export interface RecentCall extends RealCall {
  id: string;
}

/** The newest first. Arguments that are too long to be looked through are left out as null. */
export async function recentCalls(tx: Transaction, { agentId, tool, currency }: { agentId: string; tool: string; currency: string | null }, now: Date): Promise<RecentCall[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT id, CASE WHEN length(input::text) <= ${MOST_INPUT_CHARACTERS} THEN input END AS input, input_digest, amount_minor, state, ended_at, justification, plan, on_behalf_of, confidence
    FROM (SELECT * FROM action WHERE agent_id = ${agentId} AND prepared_at <= ${now} AND NOT is_seeded ORDER BY prepared_at DESC LIMIT ${LOOKED_THROUGH}) recent
    WHERE tool = ${tool} AND currency IS NOT DISTINCT FROM ${currency}`;
  return rows.map((row) => ({
    id: row.id, input: row.input, inputDigest: row.input_digest, amountMinor: row.amount_minor, state: row.state, endedAt: row.ended_at, justification: row.justification, plan: row.plan,
    onBehalfOf: row.on_behalf_of, confidence: row.confidence,
  }));
}
