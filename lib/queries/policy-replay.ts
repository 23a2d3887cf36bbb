// What would the proposed policy have decided about the calls of late? Recorded calls are decided under both versions' policies.

import { prisma } from "../database/database.ts";
import { MOST_CALLS, replayRecordedCalls, type PolicyPair } from "../database/replay-recorded-calls.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import type { GateDecision } from "../domain/gate-decision.ts";
import { countSteps, loosening, replayClass, type ReplayClass } from "../domain/replay-class.ts";
import type { PreparedPolicy } from "../policy/prepare-policy.ts";

export interface ReplayedFlip {
  decisionId: string;
  tool: string;
  before: GateDecision;
  after: GateDecision;
  /** What the proposed policy says. */
  sentence: string;
  runId: string | null;
  actionId: string | null;
  decidedAt: Date;
}

export type PolicyReplay =
  | { kind: "unreadable"; sentence: string }
  | {
      kind: "replayed";
      class: ReplayClass;
      decided: number;
      since: Date | null;
      widened: number;
      narrowed: number;
      /** The widened ones first: they are what a reviewer looks for. */
      flips: ReplayedFlip[];
      moreFlips: number;
    };

/** Asked again and again while somebody works on a text. */
const CALLS_OF_DRAFT = 250;
const LISTED_FLIPS = 50;

/** Null when neither version has a policy text. */
export async function replayProposal({ agentId, fromVersionId, toVersionId }: { agentId: string; fromVersionId: string | null; toVersionId: string }): Promise<PolicyReplay | null> {
  const [before, after] = await prisma().$transaction(async (tx) => [fromVersionId === null ? null : await loadVersionRules(tx, fromVersionId), await loadVersionRules(tx, toVersionId)] as const);
  if ((before?.policyDigest ?? null) === null && after.policyDigest === null) return null;
  const unreadable = [before, after].find((rules) => rules?.isUnreadable);
  if (unreadable) return { kind: "unreadable", sentence: `The policy text of ${unreadable === after ? "the proposed" : "the current"} version cannot be read, so nothing can be tried on it.` };
  return replayBetween(agentId, { before: policyOf(before), after: policyOf(after) }, MOST_CALLS);
}

/** A text that is not registered yet, against the version it starts from; over fewer calls, because it is asked while somebody types. */
export async function replayDraft({ agentId, fromVersionId, draft }: { agentId: string; fromVersionId: string; draft: PreparedPolicy }): Promise<PolicyReplay> {
  const before = await loadVersionRules(prisma(), fromVersionId);
  if (before.isUnreadable) return { kind: "unreadable", sentence: "The policy text of the current version cannot be read, so nothing can be compared with it." };
  return replayBetween(agentId, { before: policyOf(before), after: draft }, CALLS_OF_DRAFT);
}

async function replayBetween(agentId: string, policies: PolicyPair, most: number): Promise<PolicyReplay> {
  const { calls, flips } = await replayRecordedCalls(agentId, policies, most);
  const counts = countSteps(flips);
  const ordered = flips.toSorted((a, b) => loosening(b) - loosening(a) || a.index - b.index);
  const listed = ordered.slice(0, LISTED_FLIPS).flatMap((flip) => {
    const row = calls[flip.index];
    return row ? [{ flip, row }] : [];
  });
  const runIds = await runsOf(agentId, listed.map(({ row }) => row.conversationId));
  return {
    kind: "replayed", class: replayClass(counts), decided: calls.length, since: calls.at(-1)?.decidedAt ?? null, ...counts,
    flips: listed.map(({ flip, row }) => ({
      decisionId: row.id, tool: row.tool, before: flip.before, after: flip.after, sentence: flip.sentence, runId: runIds.get(row.conversationId) ?? null, actionId: row.actionId, decidedAt: row.decidedAt,
    })),
    moreFlips: ordered.length - listed.length,
  };
}

const policyOf = (rules: VersionRules | null) => rules?.policy ?? null;

async function runsOf(agentId: string, conversationIds: readonly string[]): Promise<Map<string, string>> {
  const runs = await prisma().run.findMany({ where: { agentId, conversationId: { in: [...new Set(conversationIds)].filter((id) => id !== "") } }, select: { id: true, conversationId: true } });
  return new Map(runs.map((run) => [run.conversationId, run.id]));
}
