// What must be there before anybody does anything? The first re-review policy and the list prices; each once.

import { prisma } from "../database/database.ts";
import { digestOf } from "../domain/fingerprint.ts";
import { defaultReviewPolicy } from "../domain/default-review-policy.ts";
import { newId } from "../new-id.ts";
import { appendToLog } from "./append-to-log.ts";
import { DEFAULT_PRICES } from "./default-prices.ts";

/** List prices that have no known first day count from here on. */
const BEFORE_ALL_TRAFFIC = new Date("2020-01-01T00:00:00Z");

const microUsd = (usd: number): bigint => BigInt(Math.round(usd * 1_000_000));
const day = (text: string | null): Date | null => (text === null ? null : new Date(`${text}T00:00:00Z`));

/** Safe to run at every start and in two processes at once. */
export async function seedDefaults(now = new Date()): Promise<void> {
  const createdBy = "system:holdpoint";
  await prisma().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('holdpoint seed'))`;
    const records = [];
    if ((await tx.reviewPolicy.count()) === 0) {
      const digest = digestOf(defaultReviewPolicy);
      await tx.reviewPolicy.create({ data: { revision: 1, content: defaultReviewPolicy, digest, effectiveAt: now } });
      records.push({ kind: "review_policy.seeded", actor: createdBy, subject: "1", at: now, detail: { digest } });
    }
    if ((await tx.price.count()) === 0) {
      await tx.price.createMany({
        data: DEFAULT_PRICES.map(([provider, model, from, to, input, output, cached]) => ({
          id: newId("pr"), provider, model, validFrom: day(from) ?? BEFORE_ALL_TRAFFIC, validTo: day(to),
          inputMicroUsdPerMillion: microUsd(input), outputMicroUsdPerMillion: microUsd(output),
          cachedInputMicroUsdPerMillion: cached === null ? null : microUsd(cached), source: "list price", createdBy, createdAt: now,
        })),
        skipDuplicates: true,
      });
      records.push({ kind: "price.seeded", actor: createdBy, subject: "list prices", at: now, detail: { count: DEFAULT_PRICES.length } });
    }
    await appendToLog(tx, records);
  });
}
