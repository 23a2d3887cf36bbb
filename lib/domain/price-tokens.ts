// What did a model call cost? Unknown stays unknown: no price means null, never 0.

import type { TokenUsage } from "./agent-span.ts";

/** Prices are whole micro-USD per million tokens: 2.50 USD per million is 2_500_000. */
export interface Price {
  provider: string;
  model: string;
  /** Inclusive. */
  validFrom: Date;
  /** Exclusive; null while it holds. */
  validTo: Date | null;
  inputMicroUsdPerMillion: number;
  outputMicroUsdPerMillion: number;
  /** null: cached input costs as much as other input. */
  cachedInputMicroUsdPerMillion: number | null;
}

/** The names under which traces speak of a provider, where they differ from the name in the price table. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  "gcp.gemini": "google", "gcp.gen_ai": "google", "gcp.vertex_ai": "google", vertex_ai: "google", gemini: "google", google_genai: "google",
  google_vertexai: "google", "aws.bedrock": "amazon", bedrock: "amazon", x_ai: "xai", mistral_ai: "mistral", mistralai: "mistral",
  moonshot_ai: "moonshot-ai", meta: "meta-ai",
};

// A dated or numbered release of a model, and nothing else: "-mini", "-5" and "-preview" are other models with other prices.
const RELEASE = /^-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3}|v\d+(?:\.\d+)*)$/;

/** The price of exactly this model, else of the longest listed model of which it is a release; null when none or several differ. */
export function findPrice(prices: readonly Price[], provider: string | null, model: string, at: Date): Price | null {
  const asked = model.toLowerCase();
  const slash = asked.indexOf("/");
  const from = provider ?? (slash > 0 ? asked.slice(0, slash) : null);
  const valid = prices.filter((price) => isValidAt(price, at) && (from === null || isProvider(price.provider, from)));
  return findByModel(valid, asked) ?? (slash > 0 ? findByModel(valid, asked.slice(slash + 1)) : null);
}

function findByModel(prices: readonly Price[], model: string): Price | null {
  const exact = prices.filter((price) => price.model.toLowerCase() === model);
  if (exact.length > 0) return agreed(exact);
  const families = prices.filter((price) => model.startsWith(price.model.toLowerCase()) && RELEASE.test(model.slice(price.model.length)));
  const longest = Math.max(...families.map((price) => price.model.length));
  return agreed(families.filter((price) => price.model.length === longest));
}

/** Of one provider the newest price counts; several providers with different prices leave the cost unknown. */
function agreed(prices: readonly Price[]): Price | null {
  const newest = new Map<string, Price>();
  for (const price of prices) {
    const known = newest.get(price.provider);
    if (known === undefined || price.validFrom > known.validFrom) newest.set(price.provider, price);
  }
  const [first, ...others] = newest.values();
  return first !== undefined && others.every((other) => isSamePrice(first, other)) ? first : null;
}

function isSamePrice(a: Price, b: Price): boolean {
  return (
    a.inputMicroUsdPerMillion === b.inputMicroUsdPerMillion &&
    a.outputMicroUsdPerMillion === b.outputMicroUsdPerMillion &&
    a.cachedInputMicroUsdPerMillion === b.cachedInputMicroUsdPerMillion
  );
}

function isProvider(listed: string, asked: string): boolean {
  const wanted = asked.toLowerCase();
  // Some libraries add the interface: "openai.chat", "anthropic.messages".
  const names = [wanted, PROVIDER_NAMES[wanted], /^(openai|anthropic|google|mistral|xai)\./.exec(wanted)?.[1]];
  return names.includes(listed.toLowerCase());
}

function isValidAt(price: Price, at: Date): boolean {
  return price.validFrom.getTime() <= at.getTime() && (price.validTo === null || at.getTime() < price.validTo.getTime());
}

/**
 * Whole nano-USD, rounded half up once over the whole call. Written cache is billed as input. null when a count or a price is no whole
 * number, or when the cost is beyond what a number holds exactly.
 */
export function priceTokens(tokens: TokenUsage, price: Price): number | null {
  const cachedPrice = price.cachedInputMicroUsdPerMillion ?? price.inputMicroUsdPerMillion;
  const factors: [count: number, price: number][] = [
    [Math.max(0, tokens.input - tokens.cacheRead), price.inputMicroUsdPerMillion],
    [tokens.cacheRead, cachedPrice],
    [tokens.output, price.outputMicroUsdPerMillion],
  ];
  if (![tokens.input, ...factors.flat()].every((factor) => Number.isSafeInteger(factor) && factor >= 0)) return null;
  // Tokens times micro-USD per million tokens are pico-USD: a thousand of them make one nano-USD.
  const picoUsd = factors.reduce((sum, [count, each]) => sum + BigInt(count) * BigInt(each), 0n);
  const nanoUsd = Number((picoUsd + 500n) / 1_000n);
  return Number.isSafeInteger(nanoUsd) ? nanoUsd : null;
}
