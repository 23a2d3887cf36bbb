// Are requests seeded from now on, and how many real ones were held since the last?

import { randomBytes } from "node:crypto";
import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { seedingInForce, SEEDING_KEY } from "../database/seeding-in-force.ts";
import { seedCommitment, seedDueAfter, seedingSchema, type Seeding } from "../domain/seeding.ts";
import { newId } from "../new-id.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

const lock = (tx: Transaction) => tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('holdpoint seeding'))`;

/** One that waits for a decision already is left as it is. */
export const setSeeding = operation({
  kind: "seeding.set",
  needs: "seeding:set",
  run: async ({ tx }: Context, input: Seeding) => {
    const { oneIn } = seedingSchema.parse(input);
    await lock(tx);
    const before = await seedingInForce(tx);
    if (before.oneIn === oneIn) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.setting.upsert({ where: { key: SEEDING_KEY }, create: { key: SEEDING_KEY, value: { oneIn } }, update: { value: { oneIn } } });
    if (oneIn !== null) await tx.seededRequest.updateMany({ where: { madeAt: null }, data: { dueAfter: seedDueAfter(oneIn, Math.random) } });
    return { result: undefined, evidence: { subject: "seeding", detail: { before: before.oneIn, oneIn } } };
  },
});

/**
 * Promises the next request. The log says so now and not when it is made: whoever reads the log, which reviewers may, would otherwise know
 * it by the time. What the entry holds is salted, so it tells nothing; when the request is decided, the salt is told.
 */
export const commitToSeed = operation({
  kind: "seeded_request.committed",
  needs: "seeding:run",
  run: async ({ tx, now }: Context, { random }: { random: () => number }) => {
    await lock(tx);
    const { oneIn } = await seedingInForce(tx);
    if (oneIn === null || (await tx.seededRequest.findFirst({ where: { revealedAt: null }, select: { actionId: true } }))) return { result: undefined, evidence: NOTHING_CHANGED };
    const [actionId, salt] = [newId("ac"), randomBytes(32).toString("hex")];
    await tx.seededRequest.create({ data: { actionId, salt, committedAt: now, dueAfter: seedDueAfter(oneIn, random), countedUntil: now, faultyPath: [] } });
    const commitment = seedCommitment(actionId, salt);
    return { result: undefined, evidence: { subject: "seeding", detail: { commitment } } };
  },
});

/** Of actions that a person was asked about, whatever became of them. */
export const WAS_HELD = Prisma.sql`NOT is_seeded AND (state IN ('held', 'approved', 'rejected', 'withdrawn') OR decided_at IS NOT NULL OR (state IN ('expired', 'stopped') AND started_at IS NULL))`;

/** The promised request when its time has come; null: none is promised, or its time has not come. */
export const countHeld = operation({
  kind: "seeded_request.counted",
  needs: "seeding:run",
  run: async ({ tx, now }: Context) => {
    const [{ oneIn }, next] = [await seedingInForce(tx), await tx.seededRequest.findFirst({ where: { madeAt: null, revealedAt: null } })];
    if (oneIn === null || !next || next.countedUntil >= now) return { result: null, evidence: NOTHING_CHANGED };
    const [row] = await tx.$queryRaw<{ held: number }[]>`SELECT count(*)::int AS held FROM action WHERE prepared_at > ${next.countedUntil} AND prepared_at <= ${now} AND ${WAS_HELD}`;
    const held = next.heldSoFar + (row?.held ?? 0);
    // When nothing can be made of what was held so far, the next one is waited for.
    await tx.seededRequest.update({ where: { actionId: next.actionId }, data: { heldSoFar: Math.min(held, next.dueAfter - 1), countedUntil: now } });
    return { result: held >= next.dueAfter ? next.actionId : null, evidence: NOTHING_CHANGED };
  },
});
