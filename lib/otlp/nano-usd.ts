// What does a reported price in USD mean in whole nano-USD, without ever passing through a fraction of a float?

const DECIMAL = /^\+?(\d{1,30})(?:\.(\d{1,60}))?(?:e([+-]?\d{1,3}))?$/i;
const NANO_DIGITS = 9;
const MAX_DIGITS = 40;

/** From a number or a decimal text, rounded half up; null for what is negative, no number, or too large to be held exactly. */
export function nanoUsdOf(amountUsd: unknown): number | null {
  if (typeof amountUsd !== "number" && typeof amountUsd !== "string") return null;
  // The shortest decimal of a float is the one that its sender wrote.
  const match = DECIMAL.exec(String(amountUsd).trim());
  if (!match) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`;
  // How many of the digits stand before the nano point; digits behind it only round.
  const kept = whole.length + Number(exponent) + NANO_DIGITS;
  if (kept < 0 || /^0*$/.test(digits)) return 0;
  if (kept > MAX_DIGITS) return null;
  const nano = Number(digits.slice(0, kept).padEnd(kept, "0")) + (Number(digits[kept] ?? "0") >= 5 ? 1 : 0);
  return Number.isSafeInteger(nano) ? nano : null;
}
