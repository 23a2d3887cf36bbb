// What happens to spans that come in? They are stored once, folded into their runs, and what they show of the recipe is noted.

import type pg from "pg";
import { pool } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import type { Actor } from "../domain/roles.ts";
import { BadInput, Unavailable } from "../errors.ts";
import { announceRunsMoved } from "./announce-runs-moved.ts";
import { claimOf, createRuns, extendRuns, foldAhead, keyOfRun, observed, type Surroundings } from "./extend-runs.ts";
import { inGroups } from "./in-groups.ts";
import { inTransaction, sqlState, type CloseWith } from "./in-transaction.ts";
import { currentPrices, type PriceOf } from "./known-prices.ts";
import { markRollupsDue } from "./mark-rollups-due.ts";
import { storeObservations, touchObservations, unapprovedKeys, type Observed } from "./observe-components.ts";
import { namedAgents, placeSpans, soleAgent } from "./place-spans.ts";
import { groupByTrace, resolveRuns, type ResolvedTrace, type TraceGroup } from "./resolve-runs.ts";
import { ensureSpanPartitions, forgetSpanPartitions } from "./span-partitions.ts";
import { encodeSpans, storeSpans, type Destination, type EncodedSpans, type PlacedSpan } from "./store-spans.ts";
import { countNewRuns } from "./teach-planner.ts";
import { findTelemetryAgents, loadAssignedVersions, loadVersionClaims, type TelemetryAgent } from "./telemetry-agents.ts";

export interface Ingested {
  /** New ones; a repetition of a stored span is accepted and changes nothing. */
  stored: number;
  /** The same by the dialect that they came in. */
  dialects: ReadonlyMap<string, number>;
  rejected: number;
  /** For the person who reads the sender's log. */
  sentence: string | null;
}

interface Request {
  actor: Actor;
  spans: readonly AgentSpan[];
  now: Date;
  forcedAgentId: string | null;
}

/** Some, so that the database has work while this process prepares more; few, because only those who wait can share. */
const GROUPS_AT_ONCE = 2;
const WORTHWHILE_SPANS = 400;
const MOST_SPANS_TOGETHER = 4_000;

const ingest = inGroups<Request, Ingested>({
  weigh: ({ spans }) => spans.length, atOnce: GROUPS_AT_ONCE, worthwhile: WORTHWHILE_SPANS, most: MOST_SPANS_TOGETHER, work: ingestTogether,
  isOfAll: (error) => error instanceof Unavailable || isDatabaseUnavailable(error),
});

/**
 * `forcedAgentId`: the import of a file says whose it is. Telemetry is no decision, so it leaves no log entry; its permission is asked per
 * agent, and a span that is not permitted is rejected by itself. Requests that come in while others are stored share a transaction, and each
 * is answered after its commit. Throws `Unavailable` when the database is away, `BadInput` for values no column takes.
 */
export async function ingestSpans(actor: Actor, spans: readonly AgentSpan[], now: Date, forcedAgentId: string | null = null): Promise<Ingested> {
  return spans.length === 0 ? { stored: 0, dialects: new Map(), rejected: 0, sentence: null } : ingest({ actor, spans, now, forcedAgentId });
}

async function ingestTogether(requests: readonly Request[]): Promise<Ingested[]> {
  const now = requests.map((request) => request.now).reduce((a, b) => (a > b ? a : b));
  const agents = await findTelemetryAgents(new Set(requests.flatMap(agentsThatMatter)));
  const existing = new Set(agents.keys());
  const placed = requests.map(({ actor, spans, forcedAgentId }) => placeSpans(actor, spans, existing, forcedAgentId));
  const byAgent = new Map<string, AgentSpan[]>();
  for (const [agentId, spans] of placed.flatMap((one) => [...one.byAgent])) byAgent.set(agentId, byAgent.get(agentId)?.concat(spans) ?? spans);
  const stored = byAgent.size === 0 ? new Set<AgentSpan>() : await storePlaced(byAgent, agents, now);
  return placed.map(({ byAgent: own, rejected, sentence }) => ({ ...takeFrom(stored, own.values()), rejected, sentence }));
}

function agentsThatMatter({ actor, spans, forcedAgentId }: Request): string[] {
  const sole = forcedAgentId ?? soleAgent(actor);
  return [...namedAgents(spans), ...(sole === null ? [] : [sole])];
}

/** Of a span that two requests brought the first has stored it. */
function takeFrom(stored: Set<AgentSpan>, own: Iterable<readonly AgentSpan[]>): Pick<Ingested, "stored" | "dialects"> {
  const dialects = new Map<string, number>();
  let taken = 0;
  for (const spans of own) {
    for (const span of spans) {
      if (!stored.delete(span)) continue;
      taken++;
      dialects.set(span.dialect, (dialects.get(span.dialect) ?? 0) + 1);
    }
  }
  return { stored: taken, dialects };
}

async function storePlaced(byAgent: ReadonlyMap<string, readonly AgentSpan[]>, agents: ReadonlyMap<string, TelemetryAgent>, now: Date): Promise<Set<AgentSpan>> {
  const groups = groupByTrace(byAgent);
  const [findVersion, findAssigned, prices, unapproved] = await Promise.all([loadVersionClaims(groups.map(claimOf)), loadAssignedVersions(groups.map((group) => ({ agentId: group.agentId, key: keyOfRun(group) })), agents), currentPrices(), unapprovedKeys()]);
  const priceOf = rememberingPrices(prices);
  const around = await foldAhead(groups, { agents, findVersion, findAssigned, priceOf, unapproved, now });
  const encoded = await encodeSpans(placedSpans(groups, priceOf));
  const starts = encoded.rows.map(({ span }) => span.startUs);
  const { stored, seen, newRuns } = await storingAgain(starts, () => inTransaction((client, closeWith, attempt) => storeGroups(client, closeWith, { groups, encoded, around, attempt })));
  void touchObservations(seen, now).catch(() => undefined);
  noteSeen([...byAgent.keys()], now);
  countNewRuns(newRuns);
  announceRunsMoved(byAgent.keys());
  return stored;
}

async function storingAgain<Result>(startsUs: readonly number[], store: () => Promise<Result>): Promise<Result> {
  await ensureSpanPartitions(startsUs);
  try {
    return await store();
  } catch (error) {
    const state = sqlState(error);
    if (state?.startsWith("22")) throw new BadInput("A span holds a value that cannot be stored.", { cause: error });
    if (state !== "23514") throw error;
    // The partition was dropped since this process last looked.
    forgetSpanPartitions();
    await ensureSpanPartitions(startsUs);
    return store();
  }
}

/** The price of a span is asked when it is stored and again when it is folded. */
function rememberingPrices(priceOf: PriceOf): PriceOf {
  const known = new Map<AgentSpan, number | null>();
  return (span) => {
    let price = known.get(span);
    if (price === undefined) known.set(span, (price = priceOf(span)));
    return price;
  };
}

/** What a transaction starts from; it stays the same when one is tried again. */
interface Prepared {
  groups: readonly TraceGroup[];
  encoded: EncodedSpans;
  around: Surroundings;
  /** From 1. */
  attempt: number;
}

/**
 * Locks in one order: new traces, known traces, runs that are known, new runs, and last the hours that are due. Spans come after their
 * runs, because only then it is certain which run they belong to.
 */
async function storeGroups(
  client: pg.PoolClient, closeWith: CloseWith, { groups, encoded, around, attempt }: Prepared,
): Promise<{ stored: Set<AgentSpan>; seen: Map<string, Observed>; newRuns: number }> {
  const { traces, moved, locked } = await resolveRuns(client, groups, around.now);
  const created = await createRuns(client, traces, around);
  const stored = await storeSpans(client, encoded, destinationsOf(traces, attempt > 1));
  const extended = await extendRuns(client, traces.filter((trace) => !created.has(trace.runId)), stored, locked, around);
  const seen = observed(traces);
  await storeObservations(client, seen, around.now);
  const mark = markRollupsDue([...moved, ...created.values(), ...extended], around.now);
  if (mark !== null) closeWith(mark);
  return { stored, seen, newRuns: created.size };
}

/** In the order of the groups, as the traces are. */
const placedSpans = (groups: readonly TraceGroup[], priceOf: PriceOf): PlacedSpan[] =>
  groups.flatMap(({ agentId, spans }) => spans.map((span) => ({
    agentId, span, costNanoUsd: span.tokens === null && span.reportedCostNanoUsd === null ? null : priceOf(span),
  })));

/** One for each span. `isDoubtful`: after a collision every span is looked for, also where its trace seems to be new. */
function destinationsOf(traces: readonly ResolvedTrace[], isDoubtful: boolean): Destination[] {
  return traces.flatMap(({ runId, isNewTrace, spans }) => {
    const destination = { runId, isOldTrace: isDoubtful || !isNewTrace };
    return spans.map(() => destination);
  });
}

const SEEN_EVERY_MS = 10_000;
const lastNotedMs = new Map<string, number>();

/** Outside the transaction: whoever reviews an agent holds its row, and telemetry does not wait for that. */
function noteSeen(agentIds: readonly string[], now: Date): void {
  const due = agentIds.filter((id) => Math.abs(now.getTime() - (lastNotedMs.get(id) ?? 0)) >= SEEN_EVERY_MS);
  if (due.length === 0) return;
  for (const id of due) lastNotedMs.set(id, now.getTime());
  void pool()
    .query("UPDATE agent SET last_seen_at = $2 WHERE id = ANY($1::text[]) AND (last_seen_at IS NULL OR last_seen_at < $2)", [due, now])
    .catch(() => due.forEach((id) => lastNotedMs.delete(id)));
}
