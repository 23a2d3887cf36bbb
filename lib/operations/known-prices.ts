// What do models cost? The price table, read at most every few seconds, with the answers for each model remembered.

import { pool } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import { findPrice, priceTokens, type Price } from "../domain/price-tokens.ts";

const MAX_AGE_MS = 5_000;
const MOST_REMEMBERED = 10_000;

export type PriceOf = (span: AgentSpan) => number | null;

let known: { readAtMs: number; priceOf: PriceOf } | null = null;

interface PriceRow {
  provider: string;
  model: string;
  valid_from: Date;
  valid_to: Date | null;
  input: number;
  output: number;
  cached: number | null;
}

/** The function answers in whole nano-USD; null when neither the sender nor the table knows. */
export async function currentPrices(): Promise<PriceOf> {
  const nowMs = performance.now();
  if (known && nowMs - known.readAtMs < MAX_AGE_MS) return known.priceOf;
  const { rows } = await pool().query<PriceRow>(
    `SELECT provider, model, valid_from, valid_to, input_micro_usd_per_million AS input, output_micro_usd_per_million AS output,
       cached_input_micro_usd_per_million AS cached FROM price`,
  );
  const prices = rows.map((row): Price => ({
    provider: row.provider, model: row.model, validFrom: row.valid_from, validTo: row.valid_to,
    inputMicroUsdPerMillion: row.input, outputMicroUsdPerMillion: row.output, cachedInputMicroUsdPerMillion: row.cached,
  }));
  known = { readAtMs: nowMs, priceOf: pricingWith(prices) };
  return known.priceOf;
}

/** For the operation that edits a price: the next span sees it. */
export const forgetPrices = (): void => {
  known = null;
};

/** Between two days on which any price begins or ends, a model has one price: so much can be remembered exactly. */
export function pricingWith(prices: readonly Price[]): PriceOf {
  const edges = prices.flatMap((price) => [price.validFrom.getTime(), ...(price.validTo ? [price.validTo.getTime()] : [])]).sort((a, b) => a - b);
  const remembered = new Map<string, Price | null>();
  return (span) => {
    if (span.reportedCostNanoUsd !== null) return span.reportedCostNanoUsd;
    if (span.tokens === null || span.model === null) return null;
    const at = Math.floor(span.startUs / 1_000);
    const key = `${span.provider ?? ""}\u0000${span.model}\u0000${edges.findLastIndex((edge) => edge <= at)}`;
    let price = remembered.get(key);
    if (price === undefined) {
      price = findPrice(prices, span.provider, span.model, new Date(at));
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, price);
    }
    return price === null ? null : priceTokens(span.tokens, price);
  };
}
