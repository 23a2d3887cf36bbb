// Does a person already decide about this call, made before under another id? Then the one that is made now is answered by it, and no other.

import type { Transaction } from "../database/database.ts";
import { after, MOST_WAIT_MS } from "../domain/action-window.ts";
import { subjectOf, type Check } from "./decision-record.ts";
import { actorName } from "./operation.ts";

/**
 * The id of the action, which from now on is about this call; null: there is none. It is one whose asker was told to make the call again, so one that
 * still waits for its answer keeps it: two calls at the same time are two. It was asked for by the same key, because who may approve goes by that. A
 * rejection that nobody was there to hear is told once. Call it under the lock of the agent's counters.
 */
export async function takeOverHold(tx: Transaction, { actor, call, digest }: Check, now: Date): Promise<string | null> {
  const { user, segment } = subjectOf(call);
  const answeredBy = after(now, -MOST_WAIT_MS);
  const [taken] = await tx.$queryRaw<{ id: string }[]>`
    UPDATE action SET tool_call_id = ${call.toolCallId} WHERE id = (
      SELECT a.id FROM gate_decision d JOIN action a ON a.id = d.action_id AND a.tool_call_id = d.tool_call_id
      WHERE d.agent_id = ${call.agentId} AND d.conversation_id = ${call.conversationId} AND d.tool = ${call.tool} AND d.input_digest = ${digest}
        AND d.facts->>'user' IS NOT DISTINCT FROM ${user} AND d.facts->>'segment' IS NOT DISTINCT FROM ${segment}
        AND d.decided_at <= ${answeredBy}::timestamptz AND a.origin = 'check' AND a.prepared_by = ${actorName(actor)}
        AND ((a.state IN ('held', 'approved') AND a.expires_at > ${now}::timestamptz) OR (a.state = 'rejected' AND a.ended_at > d.decided_at + ${MOST_WAIT_MS}::float8 * interval '1 millisecond'))
      ORDER BY a.state = 'approved' DESC, d.decided_at LIMIT 1 FOR UPDATE OF a)
    RETURNING id`;
  return taken?.id ?? null;
}
