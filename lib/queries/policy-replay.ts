// What would the proposed policy have decided about the calls of late? Recorded calls are decided under both versions' policies.

import { setImmediate as pause } from "node:timers/promises";
import { prisma } from "../database/database.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import type { GateDecision } from "../domain/gate-decision.ts";
import type { Json } from "../domain/manifest.ts";
import type { PolicyCall } from "../policy/decide-by-policy.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import type { PreparedPolicy } from "../policy/prepare-policy.ts";
import { replayClass, replayPolicy, type Flip, type ReplayClass } from "../policy/replay-policy.ts";

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
/** Asked again and again while somebody works on a text. */
const CALLS_OF_DRAFT = 250;
const CALLS_IN_A_ROW = 10;
const LISTED_FLIPS = 50;

/** Null when neither version has a policy text. */
export async function replayProposal({ agentId, fromVersionId, toVersionId }: { agentId: string; fromVersionId: string | null; toVersionId: string }): Promise<PolicyReplay | null> {
  const [before, after] = await prisma().$transaction(async (tx) => [fromVersionId === null ? null : await loadVersionRules(tx, fromVersionId), await loadVersionRules(tx, toVersionId)] as const);
  if ((before?.policyDigest ?? null) === null && after.policyDigest === null) return null;
  const unreadable = [before, after].find((rules) => rules?.isUnreadable);
  if (unreadable) return { kind: "unreadable", sentence: `The policy text of ${unreadable === after ? "the proposed" : "the current"} version cannot be read, so nothing can be tried on it.` };
  return replayBetween(agentId, policyOf(before), policyOf(after), MOST_CALLS);
}

/** A text that is not registered yet, against the version it starts from; over fewer calls, because it is asked while somebody types. */
export async function replayDraft({ agentId, fromVersionId, draft }: { agentId: string; fromVersionId: string; draft: PreparedPolicy }): Promise<PolicyReplay> {
  const before = await loadVersionRules(prisma(), fromVersionId);
  if (before.isUnreadable) return { kind: "unreadable", sentence: "The policy text of the current version cannot be read, so nothing can be compared with it." };
  return replayBetween(agentId, policyOf(before), draft, CALLS_OF_DRAFT);
}

async function replayBetween(agentId: string, before: PreparedPolicy | null, after: PreparedPolicy | null, most: number): Promise<PolicyReplay> {
  const rows = await recordedCalls(agentId, most);
  const calls = rows.map((row): PolicyCall => ({ tool: row.tool, input: row.input, facts: row.facts as unknown as PolicyFacts }));
  const flips = await flipsBetween(calls, before, after);
  const rank = { deny: 0, hold: 1, permit: 2 } as const;
  const widened = flips.filter((flip) => rank[flip.after] > rank[flip.before]).length;
  const narrowed = flips.length - widened;
  const ordered = flips.toSorted((a, b) => rank[b.after] - rank[b.before] - (rank[a.after] - rank[a.before]) || a.index - b.index);
  const listed = ordered.slice(0, LISTED_FLIPS).flatMap((flip) => {
    const row = rows[flip.index];
    return row ? [{ flip, row }] : [];
  });
  const runIds = await runsOf(agentId, listed.map(({ row }) => row.conversationId));
  return {
    kind: "replayed", class: replayClass({ widened, narrowed }), decided: rows.length, since: rows.at(-1)?.decidedAt ?? null, widened, narrowed,
    flips: listed.map(({ flip, row }) => ({
      decisionId: row.id, tool: row.tool, before: flip.before, after: flip.after, sentence: flip.sentence, runId: runIds.get(row.conversationId) ?? null, actionId: row.actionId, decidedAt: row.decidedAt,
    })),
    moreFlips: ordered.length - listed.length,
  };
}

/** Deciding holds up whatever else this process does, the gate above all: so a few at a time, and others in between. */
async function flipsBetween(calls: readonly PolicyCall[], before: PreparedPolicy | null, after: PreparedPolicy | null): Promise<Flip[]> {
  const flips: Flip[] = [];
  for (let at = 0; at < calls.length; at += CALLS_IN_A_ROW) {
    flips.push(...replayPolicy(calls.slice(at, at + CALLS_IN_A_ROW), before, after).flips.map((flip) => ({ ...flip, index: flip.index + at })));
    await pause();
  }
  return flips;
}

const policyOf = (rules: VersionRules | null) => rules?.policy ?? null;

/** The newest first, one for each tool call. */
async function recordedCalls(agentId: string, most: number) {
  const rows = await prisma().gateDecision.findMany({
    where: { agentId, reason: { notIn: ["no_lease", "tool_unknown"] } }, orderBy: { decidedAt: "desc" }, take: most,
    select: { id: true, tool: true, input: true, facts: true, conversationId: true, actionId: true, decidedAt: true },
  });
  return rows.flatMap((row) => (row.input === null ? [] : [{ ...row, input: row.input as Json }]));
}

async function runsOf(agentId: string, conversationIds: readonly string[]): Promise<Map<string, string>> {
  const runs = await prisma().run.findMany({ where: { agentId, conversationId: { in: [...new Set(conversationIds)].filter((id) => id !== "") } }, select: { id: true, conversationId: true } });
  return new Map(runs.map((run) => [run.conversationId, run.id]));
}
