// A sender under load that behaves as exporters do: what may be repeated is repeated, after the time that was asked for, and nothing is given up.

import { setTimeout as pause } from "node:timers/promises";
import { prisma } from "../../lib/database/database.ts";
import { exportedTrace, newTraceId, postTraces, TOKENS_PER_CALL } from "./telemetry.ts";

const LANES = 4;
const SPANS_PER_TRACE = 10;
const RETRYABLE = new Set([429, 502, 503, 504]);
const AFTER_A_BROKEN_LINE_MS = 100;
const BETWEEN_BATCHES_MS = 20;

export interface SteadySender {
  acknowledged: ReadonlySet<string>;
  /** Answers that were neither 200 nor repeatable, and repeatable ones that did not say when. */
  wrongAnswers: readonly string[];
  statuses: ReadonlySet<number>;
  /** Sends what is under way until it is acknowledged, and starts nothing new. */
  stop: () => Promise<void>;
}

/** `urls` is asked before each attempt, so that a server may come back elsewhere; several are used in turn. */
export function startSending({ urls, secret, agentId }: { urls: () => readonly string[]; secret: string; agentId: string }): SteadySender {
  const acknowledged = new Set<string>();
  const statuses = new Set<number>();
  const wrongAnswers: string[] = [];
  let isStopping = false;
  let turn = 0;

  async function attempt(traceId: string): Promise<{ isDone: boolean; waitMs: number }> {
    const choices = urls();
    const url = choices[turn++ % choices.length] ?? "";
    const response = await postTraces({ url, secret }, exportedTrace({ service: agentId, traceId, spans: SPANS_PER_TRACE })).catch(() => null);
    if (!response) return { isDone: false, waitMs: AFTER_A_BROKEN_LINE_MS };
    const body = await response.text().catch(() => null);
    // An answer that broke off is no answer.
    if (body === null) return { isDone: false, waitMs: AFTER_A_BROKEN_LINE_MS };
    statuses.add(response.status);
    if (response.status === 200 && body === "{}") return { isDone: true, waitMs: BETWEEN_BATCHES_MS };
    const retryAfter = response.headers.get("retry-after");
    if (RETRYABLE.has(response.status) && retryAfter !== null && /^\d+$/.test(retryAfter)) return { isDone: false, waitMs: Number(retryAfter) * 1_000 };
    wrongAnswers.push(`${response.status} ${retryAfter ?? "without Retry-After"}: ${body.slice(0, 200)}`);
    return { isDone: false, waitMs: 1_000 };
  }

  async function lane(): Promise<void> {
    while (!isStopping) {
      const traceId = newTraceId();
      for (let isDone = false; !isDone && wrongAnswers.length < 20; ) {
        const outcome = await attempt(traceId);
        isDone = outcome.isDone;
        if (isDone) acknowledged.add(traceId);
        await pause(outcome.waitMs);
      }
      if (wrongAnswers.length >= 20) return;
    }
  }

  const lanes = Array.from({ length: LANES }, lane);
  return { acknowledged, wrongAnswers, statuses, stop: async () => ((isStopping = true), void (await Promise.all(lanes))) };
}

/** What is in the database of the traces, beside what must be there if each span was stored and counted exactly once. */
export async function tally(traceIds: ReadonlySet<string>) {
  const ids = [...traceIds];
  const spans = await prisma().span.groupBy({ by: ["traceId"], where: { traceId: { in: ids } }, _count: true });
  const runs = await prisma().run.aggregate({ where: { conversationId: { in: ids } }, _sum: { spanCount: true, inputTokens: true }, _count: true });
  return {
    found: { completeTraces: spans.filter((trace) => trace._count === SPANS_PER_TRACE).length, runs: runs._count, counted: runs._sum.spanCount, tokens: Number(runs._sum.inputTokens) },
    wanted: { completeTraces: ids.length, runs: ids.length, counted: ids.length * SPANS_PER_TRACE, tokens: ids.length * SPANS_PER_TRACE * TOKENS_PER_CALL },
  };
}
