// What can be done about prices: enter a new one, which ends the one before; end one. What held before stays readable.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { parseUsdPerMillion } from "../domain/usd-per-million.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { forgetPrices } from "./known-prices.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

const amount = z.string().trim().transform((text, context) => {
  const micro = parseUsdPerMillion(text);
  if (micro === null) context.addIssue({ code: "custom", message: "Dollars per million tokens, such as 2.50, with at most six decimals." });
  return micro ?? 0;
});
const name = (what: string) => z.string().trim().min(1, `Which ${what}?`).max(200).transform((text) => text.toLowerCase());

export const priceSchema = z.object({
  provider: name("provider"),
  model: name("model"),
  /** Left out, it holds from now on. */
  validFrom: z.coerce.date("A day, such as 2026-12-01.").optional(),
  input: amount,
  output: amount,
  /** Left out, cached input costs as much as other input. */
  cachedInput: amount.optional(),
  source: z.string().trim().max(300).default("entered by hand"),
});
export type NewPrice = z.infer<typeof priceSchema>;

const insertPrice = operation({
  kind: "price.added",
  needs: "price:edit",
  run: async ({ tx, actor, now }: Context, input: NewPrice) => {
    const { provider, model } = input;
    const validFrom = input.validFrom ?? now;
    await lockModel(tx, provider, model);
    const others = await tx.price.findMany({ where: { provider, model }, orderBy: { validFrom: "asc" }, select: { id: true, validFrom: true, validTo: true } });
    if (others.some((other) => other.validFrom.getTime() === validFrom.getTime())) throw new Conflict("This model has a price from exactly this moment already.");
    const next = others.find((other) => other.validFrom > validFrom);
    const before = others.findLast((other) => other.validFrom < validFrom);
    const isEnded = before !== undefined && (before.validTo === null || before.validTo > validFrom);
    if (before && isEnded) await tx.price.update({ where: { id: before.id }, data: { validTo: validFrom } });
    const id = newId("pr");
    await tx.price.create({
      data: {
        id, provider, model, validFrom, validTo: next?.validFrom ?? null, inputMicroUsdPerMillion: BigInt(input.input), outputMicroUsdPerMillion: BigInt(input.output),
        cachedInputMicroUsdPerMillion: input.cachedInput === undefined ? null : BigInt(input.cachedInput), source: input.source, createdBy: actor.name, createdAt: now,
      },
    });
    const microUsdPerMillion = { input: input.input, output: input.output, cachedInput: input.cachedInput ?? null };
    const detail = { provider, model, validFrom, validTo: next?.validFrom ?? null, microUsdPerMillion, source: input.source, ended: isEnded ? before.id : null };
    return { result: { priceId: id }, evidence: { subject: id, detail } };
  },
});

/** Costs of runs that were recorded before stay as they are. Throws `Conflict` when a price begins at the same moment. */
export async function addPrice(actor: Parameters<typeof insertPrice>[0], input: NewPrice, now?: Date): Promise<{ priceId: string }> {
  const result = await insertPrice(actor, input, now);
  forgetPrices();
  return result;
}

const setEnd = operation({
  kind: "price.ended",
  needs: "price:edit",
  run: async ({ tx, now }: Context, { priceId, at }: { priceId: string; at?: Date | undefined }) => {
    const found = await tx.price.findUnique({ where: { id: priceId }, select: { provider: true, model: true } });
    if (!found) throw new NotFound("There is no such price.");
    await lockModel(tx, found.provider, found.model);
    const price = await tx.price.findUniqueOrThrow({ where: { id: priceId }, select: { validFrom: true, validTo: true } });
    const validTo = at ?? now;
    if (validTo <= price.validFrom) throw new NotPossible("A price cannot end before it begins.");
    if (price.validTo !== null && price.validTo <= validTo) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.price.update({ where: { id: priceId }, data: { validTo } });
    return { result: undefined, evidence: { subject: priceId, detail: { ...found, validTo } } };
  },
});

/** Afterwards the model's cost is unknown until another price begins. */
export async function endPrice(actor: Parameters<typeof setEnd>[0], input: { priceId: string; at?: Date | undefined }, now?: Date): Promise<void> {
  await setEnd(actor, input, now);
  forgetPrices();
}

/** Two people may enter a price for one model at once; also for one that has none yet. */
async function lockModel(tx: Transaction, provider: string, model: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('holdpoint price'), hashtext(${`${provider}\n${model}`}))`;
}
