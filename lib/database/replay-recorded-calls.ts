// What would two policies have decided about an agent's calls of late? Read and decided again; by queries and operations alike.

import { setImmediate as pause } from "node:timers/promises";
import { prisma } from "./database.ts";
import type { Json } from "../domain/manifest.ts";
import type { PolicyCall } from "../policy/decide-by-policy.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";
import type { PreparedPolicy } from "../policy/prepare-policy.ts";
import { replayPolicy, type Flip } from "../policy/replay-policy.ts";

export interface RecordedCall {
  id: string;
  tool: string;
  input: Json;
  facts: Json;
  conversationId: string;
  actionId: string | null;
  decidedAt: Date;
}

export interface ReplayedCalls {
  /** The newest first, one for each tool call. */
  calls: RecordedCall[];
  /** Their `index` is that of the call. */
  flips: Flip[];
}

/** Null: no policy text. */
export interface PolicyPair {
  before: PreparedPolicy | null;
  after: PreparedPolicy | null;
}

/** Calls whose arguments were too long to keep are left out. */
export const MOST_CALLS = 1_000;
const CALLS_IN_A_ROW = 10;
/** Reasons of refusals with which no policy has to do. */
export const NOT_REPLAYED = ["no_lease", "tool_unknown"];

export async function replayRecordedCalls(agentId: string, { before, after }: PolicyPair, most = MOST_CALLS): Promise<ReplayedCalls> {
  const calls = await recordedCalls(agentId, most);
  const flips: Flip[] = [];
  // Deciding holds up whatever else this process does, the gate above all: so a few at a time, and others in between.
  for (let at = 0; at < calls.length; at += CALLS_IN_A_ROW) {
    const few = calls.slice(at, at + CALLS_IN_A_ROW).map(({ tool, input, facts }): PolicyCall => ({ tool, input, facts: facts as unknown as PolicyFacts }));
    flips.push(...replayPolicy(few, before, after).flips.map((flip) => ({ ...flip, index: flip.index + at })));
    await pause();
  }
  return { calls, flips };
}

async function recordedCalls(agentId: string, most: number): Promise<RecordedCall[]> {
  const rows = await prisma().gateDecision.findMany({
    where: { agentId, reason: { notIn: NOT_REPLAYED } }, orderBy: { decidedAt: "desc" }, take: most,
    select: { id: true, tool: true, input: true, facts: true, conversationId: true, actionId: true, decidedAt: true },
  });
  return rows.flatMap((row) => (row.input === null ? [] : [{ ...row, input: row.input as Json, facts: row.facts as Json }]));
}
