// What price did somebody type? Dollars per million tokens as text, never through a float.

const DECIMALS = 6;
const HIGHEST_USD = 1_000_000;

/** Whole micro-USD per million tokens; null when the text is no amount from 0 to a million with at most six decimals. */
export function parseUsdPerMillion(text: string): number | null {
  const match = /^(\d{1,7})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match?.[1]) return null;
  const micro = Number(match[1]) * 10 ** DECIMALS + Number((match[2] ?? "").padEnd(DECIMALS, "0"));
  return micro <= HIGHEST_USD * 10 ** DECIMALS ? micro : null;
}

/** "2.50", "0.075": at least two decimals, no more than needed. */
export function formatUsdPerMillion(micro: number): string {
  const fraction = String(micro % 10 ** DECIMALS).padStart(DECIMALS, "0").replace(/0+$/, "");
  return `${Math.floor(micro / 10 ** DECIMALS)}.${fraction.padEnd(2, "0")}`;
}
