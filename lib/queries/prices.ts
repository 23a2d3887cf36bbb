// What do models cost, now and before?

import { prisma } from "../database/database.ts";

export interface PriceRow {
  id: string;
  provider: string;
  model: string;
  validFrom: string;
  /** Exclusive; null while it holds. */
  validTo: string | null;
  /** Whole micro-USD per million tokens. */
  input: number;
  output: number;
  /** null: as input. */
  cachedInput: number | null;
  source: string;
  createdBy: string;
}

/** By provider and model, each model's newest price first. */
export async function listPrices(): Promise<PriceRow[]> {
  const rows = await prisma().price.findMany({ orderBy: [{ provider: "asc" }, { model: "asc" }, { validFrom: "desc" }], take: 5_000 });
  return rows.map((row) => ({
    id: row.id, provider: row.provider, model: row.model, validFrom: row.validFrom.toISOString(), validTo: row.validTo?.toISOString() ?? null,
    input: Number(row.inputMicroUsdPerMillion), output: Number(row.outputMicroUsdPerMillion),
    cachedInput: row.cachedInputMicroUsdPerMillion === null ? null : Number(row.cachedInputMicroUsdPerMillion),
    source: row.source, createdBy: row.createdBy,
  }));
}
