// Which calls with an effect did the versions put forward in these conversations: done or waiting for a person, and, in shadow, recommended?

import type { ConsequentialCall } from "../domain/compare-recommendations.ts";
import type { Json, ToolEffect } from "../domain/manifest.ts";
import type { Transaction } from "./database.ts";
import { loadVersionRules } from "./version-rules.ts";

export interface PutForward extends ConsequentialCall {
  /** As the agent asked; null where they were too long to keep. */
  input: Json | null;
  decidedAt: Date;
}

interface Row extends PutForward {
  conversationId: string;
  versionId: string | null;
  /** As the caller knew it, where it became an action. */
  effect: ToolEffect | null;
}

/** In the order in which they were put to the gate. What it refused for another reason than shadow is left out: that counts as a violation, or not at all. */
export async function callsPutForward(tx: Transaction, agentId: string, conversationIds: readonly string[]): Promise<Map<string, PutForward[]>> {
  const calls = new Map<string, PutForward[]>();
  if (conversationIds.length === 0) return calls;
  const rows = await tx.$queryRaw<Row[]>`
    SELECT d.conversation_id AS "conversationId", d.version_id AS "versionId", d.tool, d.input_digest AS "inputDigest", d.input, d.decided_at AS "decidedAt", b.effect FROM gate_decision d LEFT JOIN action b ON b.id = d.action_id
    WHERE d.agent_id = ${agentId} AND d.conversation_id = ANY(${[...conversationIds]}::text[]) AND (d.decision <> 'deny' OR d.is_recommendation) ORDER BY d.decided_at, d.id`;
  for (const { conversationId, versionId, effect, ...call } of rows) {
    const counted = effect ?? (versionId === null ? undefined : (await loadVersionRules(tx, versionId)).tools.get(call.tool)?.effect);
    if (counted === "read") continue;
    calls.set(conversationId, [...(calls.get(conversationId) ?? []), call]);
  }
  return calls;
}
