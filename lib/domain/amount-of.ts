// How much money does this call move? Read where its tool says, exactly, or not known.

import { isJsonObject, own } from "./json-object.ts";
import type { Json, ToolComponent } from "./manifest.ts";

export interface Amount {
  /** In the smallest unit of the currency, as many digits behind the point as ISO 4217 gives it. */
  minor: bigint;
  currency: string;
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/;

/** Currencies whose minor unit is not the hundredth (ISO 4217); the list of what businesses use, not of every metal. */
const DIGITS: Readonly<Record<string, number>> = { BHD: 3, CLP: 0, IQD: 3, ISK: 0, JOD: 3, JPY: 0, KRW: 0, KWD: 3, LYD: 3, OMR: 3, PYG: 0, RWF: 0, TND: 3, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 };

const digitsOf = (currency: string): number => DIGITS[currency] ?? 2;

/** Null where the argument is missing, no number, negative, or finer than the currency: such an amount counts as unknown, never as 0. */
export function amountOf(input: Json, rule: ToolComponent["amount"]): Amount | null {
  if (!rule) return null;
  let at: unknown = input;
  for (const name of rule.path.split(".")) at = isJsonObject(at) ? own(at, name) : undefined;
  const text = typeof at === "number" ? String(at) : typeof at === "string" ? at : "";
  const [, sign, whole, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || sign === "-") return null;
  const digits = rule.unit === "minor" ? 0 : digitsOf(rule.currency);
  const rest = fraction.slice(digits);
  if (/[1-9]/.test(rest)) return null;
  return { minor: BigInt(whole + fraction.slice(0, digits).padEnd(digits, "0")), currency: rule.currency };
}

/** The call with another amount in the place of its own; null where it has none. The other way round of `amountOf`. */
export function withAmount(input: Json, rule: NonNullable<ToolComponent["amount"]>, minor: bigint): Json | null {
  const text = decimalOf(minor, rule.unit === "minor" ? 0 : digitsOf(rule.currency));
  const replaced = replaceAt(input, rule.path.split("."), text);
  return replaced !== null && amountOf(replaced, rule)?.minor === minor ? replaced : null;
}

function decimalOf(minor: bigint, digits: number): string {
  const text = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A number stays a number, a text stays a text. */
function replaceAt(input: Json, [name, ...rest]: readonly string[], text: string): Json | null {
  if (name === undefined) return typeof input === "number" ? Number(text) : typeof input === "string" ? text : null;
  if (!isJsonObject(input) || !Object.hasOwn(input, name)) return null;
  const member = replaceAt(own(input, name) as Json, rest, text);
  return member === null ? null : Object.fromEntries(Object.entries(input as Record<string, Json>).map(([key, value]) => [key, key === name ? member : value]));
}
