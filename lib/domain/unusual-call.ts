// What is unusual about this call, against what this agent did before?

import { isJsonObject } from "./json-object.ts";
import { quoted } from "./quote.ts";
import { isSecretArgument } from "./secret-argument.ts";

export interface UnusualCall {
  tool: string;
  amountMinor: bigint | null;
}

/** Of what the agent did lately, this call left out. */
export interface CallHistory {
  /** Calls that were looked through, of any tool. */
  lookedThrough: number;
  callsOfTool: number;
  /** Of the amounts of this tool in the same currency; null: none is known. */
  medianMinor: number | null;
  /** Arguments that name a record, with how many calls had the same. */
  records: readonly { name: string; value: string; calls: number }[];
  /** When the same tool was done last with exactly these arguments. */
  sameDoneAt: Date | null;
  /** Some calls of this tool were done twice, so another time is nothing special. */
  repeatsItself: boolean;
}

/** So many times the middle one is far from it. */
const OUTLIER = 3;

export const isOutlier = (amountMinor: bigint, medianMinor: number | null): boolean => medianMinor !== null && medianMinor > 0 && Number(amountMinor) > OUTLIER * medianMinor;

/** Of an even number the mean of the two in the middle; null of none. */
export function medianOf(values: readonly bigint[]): number | null {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(Number);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Sentences; nothing unusual is an empty list. */
export function unusualSigns({ tool, amountMinor }: UnusualCall, history: CallHistory): string[] {
  const { lookedThrough, callsOfTool, medianMinor, records } = history;
  if (callsOfTool === 0) return [lookedThrough === 0 ? "This agent's first action." : `This agent's first ${quoted(tool)}.`];
  const signs: string[] = [];
  if (amountMinor !== null && isOutlier(amountMinor, medianMinor)) signs.push(`${timesOf(Number(amountMinor) / (medianMinor ?? 1))} the usual amount of this agent's ${quoted(tool)}.`);
  const repeat = signOfRepeat(tool, history);
  if (repeat !== null) signs.push(repeat);
  const fresh = records.filter(({ calls }) => calls === 0);
  if (fresh.length > 0) signs.push(`First ${quoted(tool)} for ${fresh.map(({ name, value }) => `${quoted(name)} ${quoted(value)}`).join(" and ")}.`);
  return signs;
}

/** A sentence where the same was done before and this agent does nothing twice; null otherwise. */
export const signOfRepeat = (tool: string, { sameDoneAt, repeatsItself, records }: Pick<CallHistory, "sameDoneAt" | "repeatsItself" | "records">): string | null =>
  sameDoneAt !== null && !repeatsItself && records.length > 0 ? `Done already with exactly these arguments, on ${minuteOf(sameDoneAt)}; no call of ${quoted(tool)} was done twice before.` : null;

/** "2026-11-21 at 14:03 UTC". */
export const minuteOf = (at: Date): string => `${at.toISOString().slice(0, 10)} at ${at.toISOString().slice(11, 16)} UTC`;

const timesOf = (factor: number): string => (factor < 10 ? `${factor.toFixed(1).replace(/\.0$/, "")} ×` : `${Math.round(factor)} ×`);

/** Top-level arguments whose value looks like an id: one word, not long, with a digit in it, and no secret. */
export function recordArguments(input: unknown, most = 2): { name: string; value: string }[] {
  if (!isJsonObject(input)) return [];
  const named = Object.entries(input).flatMap(([name, value]) => (typeof value === "string" && /^(?=.*\d)[\w:./#-]{2,60}$/.test(value) && !isSecretArgument(name, value) ? [{ name, value }] : []));
  return named.slice(0, most);
}
