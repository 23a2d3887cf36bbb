// What would the proposed policy have decided about the calls of late? Recorded calls are decided under both versions' policies.

import { prisma } from "../database/database.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import type { GateDecision } from "../domain/gate-decision.ts";
import type { Json } from "../domain/manifest.ts";
import type { PolicyCall } from "../policy/decide-by-policy.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import { replayPolicy, type ReplayClass } from "../policy/replay-policy.ts";

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

/** Calls whose arguments were too long to keep are left out. */
const MOST_CALLS = 1_000;
const LISTED_FLIPS = 50;

/** Null when neither version has a policy text. */
export async function replayProposal({ agentId, fromVersionId, toVersionId }: { agentId: string; fromVersionId: string | null; toVersionId: string }): Promise<PolicyReplay | null> {
  const [before, after] = await prisma().$transaction(async (tx) => [fromVersionId === null ? null : await loadVersionRules(tx, fromVersionId), await loadVersionRules(tx, toVersionId)] as const);
  if ((before?.policyDigest ?? null) === null && after.policyDigest === null) return null;
  const unreadable = [before, after].find((rules) => rules?.isUnreadable);
  if (unreadable) return { kind: "unreadable", sentence: `The policy text of ${unreadable === after ? "the proposed" : "the current"} version cannot be read, so nothing can be tried on it.` };
  const rows = await recordedCalls(agentId);
  const calls = rows.map((row): PolicyCall => ({ tool: row.tool, input: row.input, facts: row.facts as unknown as PolicyFacts }));
  const { flips, ...counts } = replayPolicy(calls, policyOf(before), policyOf(after));
  const rank = { deny: 0, hold: 1, permit: 2 } as const;
  const ordered = flips.toSorted((a, b) => rank[b.after] - rank[b.before] - (rank[a.after] - rank[a.before]) || a.index - b.index);
  const listed = ordered.slice(0, LISTED_FLIPS).flatMap((flip) => {
    const row = rows[flip.index];
    return row ? [{ flip, row }] : [];
  });
  const runIds = await runsOf(agentId, listed.map(({ row }) => row.conversationId));
  return {
    kind: "replayed", class: counts.class, decided: counts.decided, since: rows.at(-1)?.decidedAt ?? null, widened: counts.widened, narrowed: counts.narrowed,
    flips: listed.map(({ flip, row }) => ({
      decisionId: row.id, tool: row.tool, before: flip.before, after: flip.after, sentence: flip.sentence, runId: runIds.get(row.conversationId) ?? null, actionId: row.actionId, decidedAt: row.decidedAt,
    })),
    moreFlips: ordered.length - listed.length,
  };
}

const policyOf = (rules: VersionRules | null) => rules?.policy ?? null;

/** The newest first, one for each tool call. */
async function recordedCalls(agentId: string) {
  const rows = await prisma().gateDecision.findMany({
    where: { agentId, reason: { notIn: ["no_lease", "tool_unknown"] } }, orderBy: { decidedAt: "desc" }, take: MOST_CALLS,
    select: { id: true, tool: true, input: true, facts: true, conversationId: true, actionId: true, decidedAt: true },
  });
  return rows.flatMap((row) => (row.input === null ? [] : [{ ...row, input: row.input as Json }]));
}

async function runsOf(agentId: string, conversationIds: readonly string[]): Promise<Map<string, string>> {
  const runs = await prisma().run.findMany({ where: { agentId, conversationId: { in: [...new Set(conversationIds)].filter((id) => id !== "") } }, select: { id: true, conversationId: true } });
  return new Map(runs.map((run) => [run.conversationId, run.id]));
}
