// What happens to spans that come in? They are stored once, folded into their runs, and what they show of the recipe is noted.

import type pg from "pg";
import { pool } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import type { Actor } from "../domain/roles.ts";
import { BadInput } from "../errors.ts";
import { metrics } from "../metrics-registry.ts";
import { announceRunsMoved } from "./announce-runs-moved.ts";
import { claimOf, createRuns, extendRuns, observed, type Surroundings } from "./extend-runs.ts";
import { inTransaction, sqlState, type CloseWith } from "./in-transaction.ts";
import { currentPrices, type PriceOf } from "./known-prices.ts";
import { markRollupsDue } from "./mark-rollups-due.ts";
import { storeObservations, touchObservations, unapprovedKeys, type Observed } from "./observe-components.ts";
import { namedAgents, placeSpans, soleAgent } from "./place-spans.ts";
import { findKnownConversations, groupByTrace, resolveRuns, type ResolvedTrace, type TraceGroup } from "./resolve-runs.ts";
import { ensureSpanPartitions, forgetSpanPartitions } from "./span-partitions.ts";
import { distinctSpans, storeSpans, type SpanToStore } from "./store-spans.ts";
import { findTelemetryAgents, loadVersionClaims } from "./telemetry-agents.ts";

export interface Ingested {
  /** New ones; a repetition of a stored span is accepted and changes nothing. */
  stored: number;
  rejected: number;
  /** For the person who reads the sender's log. */
  sentence: string | null;
}

/**
 * `forcedAgentId`: the import of a file says whose it is. Telemetry is no decision, so it leaves no log entry; its permission is asked per
 * agent, and a span that is not permitted is rejected by itself. Throws `Unavailable` when the database is away, `BadInput` for values no column takes.
 */
export async function ingestSpans(actor: Actor, spans: readonly AgentSpan[], now: Date, forcedAgentId: string | null = null): Promise<Ingested> {
  if (spans.length === 0) return { stored: 0, rejected: 0, sentence: null };
  const sole = forcedAgentId ?? soleAgent(actor);
  const agents = await findTelemetryAgents(new Set([...namedAgents(spans), ...(sole === null ? [] : [sole])]));
  const { byAgent, rejected, sentence } = placeSpans(actor, spans, new Set(agents.keys()), forcedAgentId);
  metrics().rejectedSpans.inc(rejected);
  if (byAgent.size === 0) return { stored: 0, rejected, sentence };

  const groups = groupByTrace(byAgent);
  const [findVersion, conversations, prices, unapproved] = await Promise.all([
    loadVersionClaims(groups.map(claimOf)), findKnownConversations(groups), currentPrices(), unapprovedKeys(),
  ]);
  const around = { agents, findVersion, conversations, priceOf: rememberingPrices(prices), unapproved, now };
  const starts = [...byAgent.values()].flatMap((placed) => placed.map((span) => span.startUs));
  const { stored, seen } = await storingAgain(starts, () => inTransaction((client, closeWith) => ingest(client, closeWith, groups, around)));
  void touchObservations(seen, now).catch(() => undefined);
  noteSeen([...byAgent.keys()], now);
  announceRunsMoved(byAgent.keys());
  for (const [dialect, rows] of Map.groupBy(stored, ({ span }) => span.dialect)) metrics().ingestedSpans.inc({ dialect }, rows.length);
  return { stored: stored.length, rejected, sentence };
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

/**
 * Locks in one order: new traces, known traces, runs that are known, new runs, and last the hours that are due. Spans come after their
 * runs, because only then it is certain which run they belong to.
 */
async function ingest(client: pg.PoolClient, closeWith: CloseWith, groups: readonly TraceGroup[], around: Surroundings): Promise<{ stored: SpanToStore[]; seen: Map<string, Observed> }> {
  const { traces, moved, locked } = await resolveRuns(client, groups, around.conversations, around.now);
  const created = await createRuns(client, traces, around);
  const rows = distinctSpans(rowsOf(traces, around.priceOf));
  const stored = await storeSpans(client, [...rows.values()]);
  const extended = await extendRuns(client, traces.filter((trace) => !created.has(trace.runId)), stored, locked, around);
  const seen = observed(traces);
  await storeObservations(client, seen, around.now);
  const mark = markRollupsDue([...moved, ...created.values(), ...extended], around.now);
  if (mark !== null) closeWith(mark);
  return { stored: [...rows].flatMap(([key, row]) => (stored.has(key) ? [row] : [])), seen };
}

const rowsOf = (traces: readonly ResolvedTrace[], priceOf: PriceOf): SpanToStore[] =>
  traces.flatMap(({ agentId, runId, isNewTrace, spans }) => spans.map((span) => ({
    agentId, runId, isOldTrace: !isNewTrace, span, costNanoUsd: span.tokens === null && span.reportedCostNanoUsd === null ? null : priceOf(span),
  })));

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
