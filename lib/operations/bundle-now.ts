// What would the gate decide by in this moment? Read in the transaction of a person's decision, where no process keeps a bundle at hand.

import { loadFactsWithoutStops } from "../database/authority-facts.ts";
import type { Transaction } from "../database/database.ts";
import { computeAuthority } from "../domain/authority.ts";
import type { Bundle } from "../domain/bundle.ts";
import { isCompensated } from "../domain/declared-hook.ts";
import { NotFound, NotPossible } from "../errors.ts";
import { loadVersionRules } from "../database/version-rules.ts";

/** Without the stops, which `lockSurroundings` adds. */
export async function bundleNow(tx: Transaction, agentId: string, now: Date): Promise<Bundle> {
  const [known] = await loadFactsWithoutStops(tx, [agentId], now);
  if (!known) throw new NotFound(`There is no agent ${agentId}.`);
  if (known.facts === null) throw new NotPossible("The agent's authority cannot be computed, so nothing is permitted.");
  const { level, binding } = computeAuthority(known.facts, now);
  const version = known.agent.currentVersion;
  const rules = version ? await loadVersionRules(tx, version.id) : null;
  const [head] = await tx.$queryRaw<{ next: bigint }[]>`SELECT next FROM log_head WHERE id = 1`;
  return {
    format: 2, agentId, epoch: Number(head?.next ?? 0), authority: { level, source: binding.source, because: binding.because },
    version: version && { id: version.id, number: version.number, fingerprint: version.fingerprint }, stops: [],
    tools: Object.fromEntries([...(rules?.tools ?? [])].map(([name, { effect, compensation }]) => [name, { effect, hasCompensation: isCompensated(compensation) }])),
    policy: rules?.policyDigest ? { digest: rules.policyDigest } : null,
  };
}
