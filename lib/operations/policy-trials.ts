// What do recorded calls say of a changed policy text? Tried outside the transaction that asks, because it takes too long for one that holds the agent.

import { prisma } from "../database/database.ts";
import type { Component, ToolComponent } from "../domain/manifest.ts";
import { policyTextOf, type PolicyTrial } from "../domain/policy-text-fact.ts";

/** From the text of a version that is stored to one that may not be. */
export interface PolicyStep {
  agentId: string;
  fromVersionId: string;
  toFingerprint: string;
  text: string;
  tools: readonly ToolComponent[];
}

/** What is known inside of a transaction. */
export interface PolicyTrials {
  known: ReadonlyMap<string, PolicyTrial>;
  /** Whether the transaction may be taken back so that the rest is tried. */
  mayAsk: boolean;
}

/** For what waits for nothing: every text that differs counts as if it had been widened. */
export const NOTHING_TRIED: PolicyTrials = { known: new Map(), mayAsk: false };

/** Takes a transaction back. */
class TrialsAreMissing extends Error {
  override name = "TrialsAreMissing";
  readonly steps: readonly PolicyStep[];

  constructor(steps: readonly PolicyStep[]) {
    super("recorded calls must be tried before this transaction");
    this.steps = steps;
  }
}

const contentOf = (components: readonly Component[]): unknown => components.find(({ kind }) => kind === "policy")?.content;

/** Null when there is nothing to try: no version before, or no two texts that differ. */
export function policyStep(from: { id: string; components: readonly Component[] } | null, to: { agentId: string; fingerprint: string; components: readonly Component[] }): PolicyStep | null {
  const [before, text] = [from === null ? undefined : policyTextOf(contentOf(from.components)), policyTextOf(contentOf(to.components))];
  if (from === null || before === undefined || text === undefined || before === text) return null;
  const tools = to.components.filter(({ kind }) => kind === "tool").map(({ content }) => content as unknown as ToolComponent);
  return { agentId: to.agentId, fromVersionId: from.id, toFingerprint: to.fingerprint, text, tools };
}

/** A trial is of exactly two recipes: the version that is current now, and this one. */
const keyOf = ({ fromVersionId, toFingerprint }: PolicyStep): string => `${fromVersionId} ${toFingerprint}`;

/** One for each step, null where it was not tried. Throws what `withPolicyTrials` waits for when it may be tried still. */
export function trialsFor(steps: readonly (PolicyStep | null)[], { known, mayAsk }: PolicyTrials): (PolicyTrial | null)[] {
  const missing = steps.filter((step) => step !== null).filter((step) => !known.has(keyOf(step)));
  if (mayAsk && missing.length > 0) throw new TrialsAreMissing(missing);
  return steps.map((step) => (step === null ? null : (known.get(keyOf(step)) ?? null)));
}

const MOST_ROUNDS = 3;

/**
 * Runs an operation, and where it finds a text of which it does not know enough, tries that and runs it again. Where the agent's version keeps moving
 * meanwhile, the last attempt goes without. An operation without such a change costs nothing more, and permission is always asked first.
 */
export async function withPolicyTrials<Result>(attempt: (trials: PolicyTrials) => Promise<Result>): Promise<Result> {
  const known = new Map<string, PolicyTrial>();
  for (let round = 1; round < MOST_ROUNDS; round++) {
    try {
      return await attempt({ known, mayAsk: true });
    } catch (error) {
      if (!(error instanceof TrialsAreMissing)) throw error;
      for (const step of error.steps) known.set(keyOf(step), await tryStep(step));
    }
  }
  return attempt({ known, mayAsk: false });
}

async function tryStep({ agentId, fromVersionId, text, tools }: PolicyStep): Promise<PolicyTrial> {
  // The engine has four megabytes; a process that never sees a policy text never loads it.
  const [{ loadVersionRules }, { replayRecordedCalls }, { narrowingDoubt }, { preparePolicy }] = await Promise.all([
    import("../database/version-rules.ts"), import("../database/replay-recorded-calls.ts"), import("../policy/narrowing-doubt.ts"), import("../policy/prepare-policy.ts"),
  ]);
  const { policy: before } = await loadVersionRules(prisma(), fromVersionId);
  const after = preparePolicy(text, tools);
  if (before === null || !after.ok) return { kind: "unreadable" };
  const { calls, flips } = await replayRecordedCalls(agentId, { before, after: after.policy });
  return {
    kind: "tried", decided: calls.length, since: calls.at(-1)?.decidedAt.toISOString() ?? null, steps: flips.map((flip) => ({ before: flip.before, after: flip.after })),
    doubt: narrowingDoubt(before, after.policy),
  };
}
