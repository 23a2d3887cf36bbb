// How do judged outcomes get into the charts of their rollout? Added to the slot of now, and the slots double as the rollout goes on.

import type { Transaction } from "../database/database.ts";
import { countAssignments, type SlotTally } from "../database/assignment-tallies.ts";
import type { Arm, TaskValues } from "../domain/judge-canary.ts";
import { mergeTallies, slotAt, slotSeconds, tallyOf, type OutcomeTally } from "../domain/outcome-tally.ts";
import type { LockedRollout } from "./lock-rollout.ts";

const ARMS: readonly Arm[] = ["current", "candidate"];

/** After these outcomes were stored as judged at `now`, by whoever holds the rollout's lock. */
export async function keepTally(tx: Transaction, { id, startedAt, plannedAt }: LockedRollout, judged: Readonly<Record<Arm, readonly TaskValues[]>>, now: Date): Promise<void> {
  const from = startedAt ?? plannedAt;
  const sinceMs = now.getTime() - from.getTime();
  const kept = await tx.rolloutTally.findFirst({ where: { rolloutId: id }, select: { seconds: true } });
  const seconds = Math.max(kept?.seconds ?? 1, slotSeconds(sinceMs));
  // Judged before tallies were kept.
  if (!kept) return rewrite(tx, id, await countAssignments((sql, values) => tx.$queryRawUnsafe(sql, ...values), id, from, seconds));
  if (seconds > kept.seconds) await rewrite(tx, id, joined(await readTallies(tx, id), seconds));
  const slot = slotAt(sinceMs, seconds);
  for (const arm of ARMS) {
    const added = tallyOf(judged[arm]);
    if (Object.keys(added).length === 0) continue;
    const key = { rolloutId: id, slot, arm };
    const before = await tx.rolloutTally.findUnique({ where: { rolloutId_slot_arm: key }, select: { figures: true } });
    const figures = asStored(mergeTallies((before?.figures ?? {}) as OutcomeTally, added));
    await tx.rolloutTally.upsert({ where: { rolloutId_slot_arm: key }, create: { ...key, seconds, figures }, update: { figures } });
  }
}

async function readTallies(tx: Transaction, rolloutId: string): Promise<SlotTally[]> {
  const rows = await tx.rolloutTally.findMany({ where: { rolloutId }, orderBy: [{ slot: "asc" }, { arm: "asc" }] });
  return rows.map(({ slot, arm, seconds, figures }) => ({ slot, arm: arm === "candidate" ? "candidate" : "current", seconds, figures: figures as OutcomeTally }));
}

function joined(tallies: readonly SlotTally[], seconds: number): SlotTally[] {
  const wide = new Map<string, SlotTally>();
  for (const { slot, arm, seconds: narrow, figures } of tallies) {
    const own = Math.floor((slot * narrow) / seconds);
    wide.set(`${own} ${arm}`, { slot: own, arm, seconds, figures: mergeTallies(wide.get(`${own} ${arm}`)?.figures ?? {}, figures) });
  }
  return [...wide.values()];
}

async function rewrite(tx: Transaction, rolloutId: string, tallies: readonly SlotTally[]): Promise<void> {
  await tx.rolloutTally.deleteMany({ where: { rolloutId } });
  await tx.rolloutTally.createMany({ data: tallies.map(({ figures, ...rest }) => ({ rolloutId, ...rest, figures: asStored(figures) })) });
}

const asStored = (figures: OutcomeTally): Record<string, { n: number; sum: number; buckets: Record<string, number> }> =>
  Object.fromEntries(Object.entries(figures).map(([metric, { n, sum, buckets }]) => [metric, { n, sum, buckets: { ...buckets } }]));
