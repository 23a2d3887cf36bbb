import { describe, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotPermitted, NotPossible } from "../errors.ts";
import { listPrices } from "../queries/prices.ts";
import { useDatabase } from "../testing/use-database.ts";
import { addPrice, endPrice, priceSchema } from "./prices.ts";

useDatabase();

const administrator: PersonActor = { kind: "person", id: "pe_1", name: "Ada", roles: ["administrator"], owns: {} };
const operator: PersonActor = { ...administrator, id: "pe_2", roles: ["operator"] };
const price = (model: string, input: string, validFrom?: string) => priceSchema.parse({ provider: "OpenAI", model, input, output: "10", ...(validFrom ? { validFrom } : {}) });
const history = async (model: string) => (await listPrices()).filter((row) => row.model === model).map((row) => [row.input, row.validFrom.slice(0, 10), row.validTo?.slice(0, 10) ?? null]);

describe("addPrice", () => {
  it("ends the one before and keeps it", async () => {
    await addPrice(administrator, price("m1", "2.5", "2026-01-01"));
    await addPrice(administrator, price("m1", "3", "2026-06-01"));
    expect(await history("m1")).toEqual([[3_000_000, "2026-06-01", null], [2_500_000, "2026-01-01", "2026-06-01"]]);
  });

  it("fits between two that are there", async () => {
    await addPrice(administrator, price("m2", "1", "2026-01-01"));
    await addPrice(administrator, price("m2", "3", "2026-06-01"));
    await addPrice(administrator, price("m2", "2", "2026-03-01"));
    expect(await history("m2")).toEqual([[3_000_000, "2026-06-01", null], [2_000_000, "2026-03-01", "2026-06-01"], [1_000_000, "2026-01-01", "2026-03-01"]]);
  });

  it("refuses two prices from one moment", async () => {
    await addPrice(administrator, price("m3", "1", "2026-01-01"));
    await expect(addPrice(administrator, price("m3", "2", "2026-01-01"))).rejects.toThrow(Conflict);
  });

  it("lets one of ten that arrive together be the current one", async () => {
    const days = Array.from({ length: 10 }, (_, day) => `2026-02-${String(day + 1).padStart(2, "0")}`);
    await Promise.all(days.map((day, index) => addPrice(administrator, price("m4", String(index), day))));
    const rows = await history("m4");
    expect(rows.map((row) => row[2])).toEqual([null, ...days.slice(1).toReversed()]);
  });

  it("is the administrator's, and recorded", async () => {
    await expect(addPrice(operator, price("m5", "1"))).rejects.toThrow(NotPermitted);
    const { priceId } = await addPrice(administrator, price("m5", "0.075"));
    const entry = await prisma().logEntry.findFirstOrThrow({ where: { subject: priceId } });
    expect(entry.kind).toBe("price.added");
    expect(JSON.parse(entry.body)).toMatchObject({ detail: { provider: "openai", model: "m5", microUsdPerMillion: { input: 75_000, cachedInput: null } } });
  });

  it.each([{ input: "1e3" }, { input: "-1" }, { model: " " }, { validFrom: "soon" }])("refuses %j", (wrong) => {
    expect(priceSchema.safeParse({ provider: "openai", model: "m", input: "1", output: "1", ...wrong }).success).toBe(false);
  });
});

describe("endPrice", () => {
  it("ends once, and never before the beginning", async () => {
    const { priceId } = await addPrice(administrator, price("m6", "1", "2026-01-01"));
    await expect(endPrice(administrator, { priceId, at: new Date("2025-01-01") })).rejects.toThrow(NotPossible);
    await endPrice(administrator, { priceId, at: new Date("2026-05-01") });
    await endPrice(administrator, { priceId, at: new Date("2026-08-01") });
    expect(await history("m6")).toEqual([[1_000_000, "2026-01-01", "2026-05-01"]]);
    expect(await prisma().logEntry.count({ where: { subject: priceId, kind: "price.ended" } })).toBe(1);
  });
});
