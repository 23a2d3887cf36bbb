// In which of these conversations did an agent try what its policy forbids? Counted over consequential calls.

import type { Transaction } from "../database/database.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import type { Json } from "../domain/manifest.ts";
import { decideByPolicy } from "../policy/decide-by-policy.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";

interface RefusedCall {
  conversationId: string;
  versionId: string;
  tool: string;
  reason: string;
  input: Json;
  facts: unknown;
  decidedAt: Date;
}

/** Deciding holds up whatever else this process does, so now and then it lets others through. */
const DECIDED_IN_A_ROW = 25;

/** What an agent only recommends is refused before its policy is asked; it is asked here, with what was known at that time. `until`: what a conversation did later does not count. */
export async function attemptedViolations(tx: Transaction, agentId: string, conversationIds: readonly string[], until: ReadonlyMap<string, Date> = new Map()): Promise<Map<string, number>> {
  const violations = new Map<string, number>();
  if (conversationIds.length === 0) return violations;
  const refused = await tx.$queryRaw<RefusedCall[]>`
    SELECT conversation_id AS "conversationId", version_id AS "versionId", tool, reason, input, facts, decided_at AS "decidedAt" FROM gate_decision
    WHERE agent_id = ${agentId} AND conversation_id = ANY(${[...conversationIds]}::text[]) AND decision = 'deny' AND version_id IS NOT NULL
      AND (reason = 'policy' OR (reason = 'authority' AND is_recommendation AND input IS NOT NULL))`;
  let decided = 0;
  for (const call of refused) {
    if (call.decidedAt > (until.get(call.conversationId) ?? call.decidedAt)) continue;
    const rules = await loadVersionRules(tx, call.versionId);
    if (rules.tools.get(call.tool)?.effect === "read") continue;
    if (call.reason !== "policy") {
      decided += 1;
      if (decided % DECIDED_IN_A_ROW === 0) await new Promise((resolve) => setImmediate(resolve));
      if (!rules.policy || decideByPolicy(rules.policy, { tool: call.tool, input: call.input, facts: call.facts as PolicyFacts }).decision !== "deny") continue;
    }
    violations.set(call.conversationId, (violations.get(call.conversationId) ?? 0) + 1);
  }
  return violations;
}
