// What does a policy know of a call beside its arguments?

import { AUTHORITY_LEVELS, type AuthorityLevel } from "../domain/authority-level.ts";
import { quoted } from "../domain/quote.ts";
import type { Context, TypeOfAttribute } from "./cedar.ts";
import { decimalText } from "./cedar-literal.ts";

export interface PolicyFacts {
  /** On whose behalf the agent acts. */
  user?: string | undefined;
  /** What the agent has spent since midnight UTC, without this call, in minor units of this call's currency: each currency has a sum of its own. */
  spentTodayMinor?: number | undefined;
  /** What this call itself moves, where its tool says which argument that is. */
  amountMinor?: number | undefined;
  /** These, like all that counts, without this call. */
  callsInRun: number;
  callsOfToolInRun?: number | undefined;
  /** Since midnight UTC. */
  callsToday?: number | undefined;
  callsOfToolToday?: number | undefined;
  callsForUserToday?: number | undefined;
  /** In the running minute of the clock. */
  callsThisMinute?: number | undefined;
  /** 0 to 23, UTC. */
  hour: number;
  /** 1 is Monday, 7 is Sunday, UTC. */
  weekday: number;
  segment?: string | undefined;
  authority: AuthorityLevel;
  /** 0 to 1, as the agent says; digits beyond the fourth are cut off, never rounded up. */
  confidence?: number | undefined;
  approval?: { granted: boolean } | undefined;
}

export const hourAndWeekday = (now: Date): Pick<PolicyFacts, "hour" | "weekday"> => ({ hour: now.getUTCHours(), weekday: now.getUTCDay() === 0 ? 7 : now.getUTCDay() });

const optional = { required: false } as const;
const COUNT = { type: "Long", ...optional } as const;
const DECIMAL = { type: "Extension", name: "decimal" } as const;

/** Beside `input`. `effect` is the tool's, so that a policy can speak of all tools that only read. */
export const FACT_TYPES: Readonly<Record<string, TypeOfAttribute<string>>> = {
  effect: { type: "String" }, user: { type: "String", ...optional }, spentTodayMinor: { type: "Long", ...optional }, amountMinor: { type: "Long", ...optional },
  callsInRun: { type: "Long" }, callsOfToolInRun: COUNT, callsToday: COUNT, callsOfToolToday: COUNT, callsForUserToday: COUNT, callsThisMinute: COUNT, hour: { type: "Long" },
  weekday: { type: "Long" }, segment: { type: "String", ...optional }, authority: { type: "String" }, confidence: { ...DECIMAL, ...optional },
  approval: { type: "Record", attributes: { granted: { type: "Boolean" } }, ...optional },
};

const MAX_TEXT = 10_000;

const isText = (value: unknown): boolean => typeof value === "string" && value.length <= MAX_TEXT && value.isWellFormed();
const isWithin = (low: number, high: number) => (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high;

const isAmount = isWithin(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const isCount = isWithin(0, Number.MAX_SAFE_INTEGER);
const COUNTS = ["callsOfToolInRun", "callsToday", "callsOfToolToday", "callsForUserToday", "callsThisMinute"] as const;

const CHECKS: Readonly<Record<keyof PolicyFacts, (value: unknown) => boolean>> = {
  user: isText, segment: isText,
  spentTodayMinor: isAmount, amountMinor: isAmount,
  callsInRun: isCount, callsOfToolInRun: isCount, callsToday: isCount, callsOfToolToday: isCount, callsForUserToday: isCount, callsThisMinute: isCount, hour: isWithin(0, 23), weekday: isWithin(1, 7),
  authority: (value) => (AUTHORITY_LEVELS as readonly unknown[]).includes(value),
  confidence: (value) => typeof value === "number" && value >= 0 && value <= 1,
  approval: (value) => typeof value === "object" && value !== null && typeof (value as { granted?: unknown }).granted === "boolean",
};
const NEEDED: readonly (keyof PolicyFacts)[] = ["callsInRun", "hour", "weekday", "authority"];

export type FactsReading = { ok: true; context: Context } | { ok: false; sentence: string };

export function readFacts(facts: PolicyFacts): FactsReading {
  for (const name of Object.keys(CHECKS) as (keyof PolicyFacts)[]) {
    const value = facts[name];
    if (value === undefined ? NEEDED.includes(name) : !CHECKS[name](value)) return { ok: false, sentence: `The fact ${quoted(name)} is missing or out of range, so the policy cannot be applied.` };
  }
  const { user, spentTodayMinor, amountMinor, callsInRun, hour, weekday, segment, authority, confidence, approval } = facts;
  return {
    ok: true,
    context: {
      callsInRun, hour, weekday, authority, ...Object.fromEntries(COUNTS.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]]))),
      ...(user === undefined ? {} : { user }), ...(spentTodayMinor === undefined ? {} : { spentTodayMinor }), ...(amountMinor === undefined ? {} : { amountMinor }),
      ...(segment === undefined ? {} : { segment }),
      ...(confidence === undefined ? {} : { confidence: { __extn: { fn: "decimal", arg: fourDigits(confidence) } } }),
      ...(approval === undefined ? {} : { approval: { granted: approval.granted } }),
    },
  };
}

const fourDigits = (value: number): string => decimalText(value) ?? (Math.floor(value * 10_000) / 10_000).toFixed(4);
