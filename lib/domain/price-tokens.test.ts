import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPrice, priceTokens, type Price } from "./price-tokens.ts";

const day = (iso: string): Date => new Date(`${iso}T00:00:00Z`);
const price = (provider: string, model: string, input: number, more: Partial<Price> = {}): Price => ({
  provider, model, validFrom: day("2025-01-01"), validTo: null,
  inputMicroUsdPerMillion: input, outputMicroUsdPerMillion: input * 4, cachedInputMicroUsdPerMillion: null, ...more,
});

const prices = [
  price("openai", "gpt-4o", 5_000_000, { validTo: day("2025-06-01") }),
  price("openai", "gpt-4o", 2_500_000, { validFrom: day("2025-06-01") }),
  price("openai", "gpt-4o-mini", 150_000),
  price("anthropic", "claude-sonnet-4", 3_000_000),
  price("google", "gemini-2.5-pro", 1_250_000),
  price("fast-host", "open-model", 100_000),
  price("slow-host", "open-model", 50_000),
  price("fast-host", "same-model", 70_000),
  price("slow-host", "same-model", 70_000),
];
const later = day("2025-07-01");

describe("findPrice", () => {
  test.each<[string, string | null, string, Date, number | null]>([
    ["the exact model", "openai", "gpt-4o", later, 2_500_000],
    ["the price of its time", "openai", "gpt-4o", day("2025-05-31"), 5_000_000],
    ["valid from is inclusive, valid to exclusive", "openai", "gpt-4o", day("2025-06-01"), 2_500_000],
    ["before any price", "openai", "gpt-4o", day("2024-12-31"), null],
    ["a dated release", "openai", "gpt-4o-2024-08-06", later, 2_500_000],
    ["a dated release of the longer name", "openai", "gpt-4o-mini-2024-07-18", later, 150_000],
    ["a compact date", "anthropic", "claude-sonnet-4-20250514", later, 3_000_000],
    ["a numbered release", null, "gemini-2.5-pro-002", later, 1_250_000],
    ["another model of the family", "openai", "gpt-4o-audio", later, null],
    ["the next model number", "anthropic", "claude-sonnet-4-5", later, null],
    ["a preview", "openai", "gpt-4o-1106-preview", later, null],
    ["the provider inside the model", null, "openai/gpt-4o", later, 2_500_000],
    ["the provider twice", "openai", "openai/gpt-4o", later, 2_500_000],
    ["another provider", "azure.ai.openai", "gpt-4o", later, null],
    ["a provider by its name in traces", "gcp.gemini", "gemini-2.5-pro", later, 1_250_000],
    ["a provider with its interface", "openai.chat", "gpt-4o", later, 2_500_000],
    ["capital letters", "OpenAI", "GPT-4o", later, 2_500_000],
    ["no provider, one seller", null, "gpt-4o", later, 2_500_000],
    ["no provider, sellers that differ", null, "open-model", later, null],
    ["no provider, sellers that agree", null, "same-model", later, 70_000],
    ["an unknown model", "openai", "gpt-99", later, null],
    ["no model", "openai", "", later, null],
    ["a time that is none", "openai", "gpt-4o", new Date(Number.NaN), null],
  ])("%s", (_, provider, model, at, input) => {
    expect(findPrice(prices, provider, model, at)?.inputMicroUsdPerMillion ?? null).toBe(input);
  });

  test("the order of the table does not matter", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(prices, { minLength: prices.length }), fc.constantFrom("gpt-4o", "gpt-4o-mini-2024-07-18", "same-model"), (shuffled, model) => {
        expect(findPrice(shuffled, null, model, later)?.inputMicroUsdPerMillion).toBe(findPrice(prices, null, model, later)?.inputMicroUsdPerMillion);
      }),
    );
  });
});

describe("priceTokens", () => {
  const tokens = (input: number, output = 0, cacheRead = 0) => ({ input, output, cacheRead, cacheWrite: 0, reasoning: 0 });
  const gpt = price("openai", "gpt-4o", 2_500_000, { outputMicroUsdPerMillion: 10_000_000, cachedInputMicroUsdPerMillion: 1_250_000 });

  test.each([
    ["a million in", tokens(1_000_000), gpt, 2_500_000_000],
    ["a million out", tokens(0, 1_000_000), gpt, 10_000_000_000],
    ["half of the input cached", tokens(1_000_000, 0, 500_000), gpt, 1_875_000_000],
    ["cached without a price of its own", tokens(1_000_000, 0, 500_000), { ...gpt, cachedInputMicroUsdPerMillion: null }, 2_500_000_000],
    ["half a nano is rounded up", tokens(1), { ...gpt, inputMicroUsdPerMillion: 500 }, 1],
    ["less than half is rounded down", tokens(1), { ...gpt, inputMicroUsdPerMillion: 499 }, 0],
    ["rounded once, not per part", tokens(1, 1), { ...gpt, inputMicroUsdPerMillion: 300, outputMicroUsdPerMillion: 300 }, 1],
    ["beyond what doubles multiply exactly", tokens(1_000_000_007), { ...gpt, inputMicroUsdPerMillion: 9_000_000_001 }, 9_000_000_064_000_000],
    ["a count that is none", tokens(Number.NaN), gpt, null],
    ["a negative count", tokens(-1), gpt, null],
    ["half a token", tokens(0.5), gpt, null],
  ] as const)("%s", (_, usage, some, nanoUsd) => {
    expect(priceTokens(usage, some)).toBe(nanoUsd);
  });

  test("more tokens never cost less, and cached input never more than other input", () => {
    const count = fc.nat(10_000_000);
    fc.assert(
      fc.property(count, count, count, count, (input, output, more, cached) => {
        const cost = priceTokens(tokens(input, output), gpt) ?? Number.NaN;
        expect(priceTokens(tokens(input + more, output + more), gpt)).toBeGreaterThanOrEqual(cost);
        expect(priceTokens(tokens(input, output, Math.min(cached, input)), gpt)).toBeLessThanOrEqual(cost);
      }),
    );
  });
});
