import fc from "fast-check";
import { expect, test } from "vitest";
import { pool } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { aSpan } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import { inTransaction } from "./in-transaction.ts";
import { ensureSpanPartitions } from "./span-partitions.ts";
import { encodeSpans, storeSpans } from "./store-spans.ts";

useDatabase();

const T = Date.parse("2026-11-20T10:00:00Z") * 1_000;

test("every span goes to its run, whatever the run's id looks like, also in a second attempt and beside spans that are there", async () => {
  await ensureSpanPartitions([T]);
  const runId = fc.oneof(fc.constant(null).map(() => newId("ru")), fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).map((text) => text.replaceAll("\u0000", "_")));
  await fc.assert(fc.asyncProperty(fc.array(runId, { minLength: 1, maxLength: 8 }), fc.boolean(), async (runIds, isFirstKnown) => {
    await pool().query("TRUNCATE span");
    const rows = runIds.map(() => ({ agentId: "refund-bot", costNanoUsd: null, span: aSpan({ startUs: T }) }));
    const encoded = await encodeSpans(rows);
    const to = (names: readonly string[]) => names.map((name) => ({ runId: name, isOldTrace: true }));
    if (isFirstKnown) await inTransaction(async (client) => storeSpans(client, await encodeSpans(rows.slice(0, 1)), to(["first"])));
    let attempts = 0;
    const stored = await inTransaction(async (client) => {
      if (++attempts === 1) {
        await storeSpans(client, encoded, to(runIds.map(() => newId("ru"))));
        throw Object.assign(new Error("a collision"), { code: "40001" });
      }
      return storeSpans(client, encoded, to(runIds));
    });
    expect(stored.size).toBe(runIds.length - (isFirstKnown ? 1 : 0));
    const { rows: found } = await pool().query<{ span_id: string; run_id: string }>("SELECT span_id, run_id FROM span");
    const expected = rows.map(({ span }, index) => ({ span_id: span.spanId, run_id: isFirstKnown && index === 0 ? "first" : runIds[index] }));
    const byId = (a: { span_id: string }, b: { span_id: string }) => a.span_id.localeCompare(b.span_id);
    expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
  }), { numRuns: 30 });
});
