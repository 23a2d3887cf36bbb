// Which request, like one that this agent really made, ought to be refused by whoever reads it? Made only of what is stored.

import { withAmount } from "./amount-of.ts";
import { isJsonObject, own } from "./json-object.ts";
import type { Json, ToolComponent } from "./manifest.ts";
import { quoted } from "./quote.ts";
import { minuteOf, recordArguments } from "./unusual-call.ts";

export const SEED_FAULTS = ["far_too_much", "done_already", "other_record"] as const;
export type SeedFault = (typeof SEED_FAULTS)[number];

/** What an agent says of its call beside the tool. */
export interface SaidOfCall {
  input: Json;
  justification: string | null;
  plan: string | null;
  onBehalfOf: string | null;
  confidence: number | null;
}

export interface RealCall extends SaidOfCall {
  inputDigest: string;
  amountMinor: bigint | null;
  state: string;
  endedAt: Date | null;
}

export interface SeedSource {
  tool: string;
  /** Where the tool says how much it moves. */
  amount: ToolComponent["amount"];
  /** The held call whose likeness it gets. */
  real: RealCall;
  /** Calls of the same agent and tool, in the same currency where there is one; the newest first, `real` among them. */
  lately: readonly RealCall[];
}

export interface SeedRequest extends SaidOfCall {
  fault: SeedFault;
  /** Names that lead to the argument that is wrong, the outermost first. */
  faultyPath: string[];
  /** What a reviewer ought to see; names and values from outside stand in backticks. */
  why: string;
}

/** Of fewer calls nobody can say what is far beyond them. */
const ENOUGH_CALLS = 5;
/** The largest first: a policy may refuse what is too far beyond. Well above the three times that a page calls unusual. */
const TIMES = [40, 25, 12, 6] as const;
const LONGEST_AGO_MS = 30 * 86_400_000;

/** In the order in which they are tried, since not each of them is something that the gate would hold; empty: nothing can be made of this call. `random` as `Math.random`. */
export function seedRequests(source: SeedSource, random: () => number, now: Date): SeedRequest[] {
  const kinds = [farTooMuch(source), doneAlready(source, random, now), otherRecord(source, random)];
  const first = Math.floor(random() * kinds.length);
  return [...kinds.slice(first), ...kinds.slice(0, first)].flat();
}

const saidOf = ({ input, justification, plan, onBehalfOf, confidence }: SaidOfCall): SaidOfCall => ({ input, justification, plan, onBehalfOf, confidence });

function farTooMuch({ tool, amount, real, lately }: SeedSource): SeedRequest[] {
  const known = lately.flatMap(({ amountMinor }) => (amountMinor === null ? [] : [amountMinor]));
  const largest = known.reduce((a, b) => (a > b ? a : b), 0n);
  if (!amount || real.amountMinor === null || known.length < ENOUGH_CALLS || largest <= 0n) return [];
  return TIMES.flatMap((times): SeedRequest[] => {
    const input = withAmount(real.input, amount, largest * BigInt(times));
    const why = `The amount is ${times} times the largest of this agent's last ${known.length.toLocaleString("en")} calls of ${quoted(tool)}.`;
    return input === null ? [] : [{ ...saidOf(real), input, fault: "far_too_much", faultyPath: amount.path.split("."), why }];
  });
}

/** Only where doing the same twice would be new for this agent: some calls are there to be repeated. */
function doneAlready({ tool, lately }: SeedSource, random: () => number, now: Date): SeedRequest[] {
  const done = lately.filter(({ state }) => state === "committed");
  if (done.length < ENOUGH_CALLS || new Set(done.map(({ inputDigest }) => inputDigest)).size < done.length) return [];
  const asked = Map.groupBy(lately, ({ inputDigest }) => inputDigest);
  const fit = done.flatMap((call) => {
    const [record] = recordArguments(call.input);
    const isRecent = call.endedAt !== null && call.endedAt <= now && now.getTime() - call.endedAt.getTime() < LONGEST_AGO_MS;
    return record && isRecent && call.endedAt && asked.get(call.inputDigest)?.length === 1 ? [{ call, record, endedAt: call.endedAt }] : [];
  });
  const chosen = oneOf(fit, random);
  if (!chosen) return [];
  const why = `Exactly this call was carried out already, on ${minuteOf(chosen.endedAt)}. None of this agent's last ${done.length.toLocaleString("en")} calls of ${quoted(tool)} was carried out twice.`;
  return [{ ...saidOf(chosen.call), fault: "done_already", faultyPath: [chosen.record.name], why }];
}

/** The reason that was given names a record, and the call is for another one. */
function otherRecord({ real, lately }: SeedSource, random: () => number): SeedRequest[] {
  const { input, justification } = real;
  if (justification === null || !isJsonObject(input)) return [];
  return recordArguments(input, MOST_RECORDS).flatMap(({ name, value }): SeedRequest[] => {
    if (!mentions(justification, value)) return [];
    const others = lately.flatMap((call) => recordArguments(call.input, MOST_RECORDS)).filter((other) => other.name === name && other.value !== value && !mentions(justification, other.value));
    const other = oneOf([...new Set(others.map((each) => each.value))], random);
    if (other === undefined) return [];
    const why = `The reason that is given speaks of ${quoted(name)} ${quoted(value)}; the call is for ${quoted(other)}.`;
    return [{ ...saidOf(real), input: { ...(input as Record<string, Json>), [name]: other }, fault: "other_record", faultyPath: [name], why }];
  });
}

const MOST_RECORDS = 10;

const oneOf = <Item>(items: readonly Item[], random: () => number): Item | undefined => items[Math.floor(random() * items.length)];

/** As a word of its own: `12` does not stand in `5512`. */
function mentions(text: string, value: string): boolean {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, "u").test(text);
}

export const SEED_OUTCOMES = ["refused", "corrected", "approved", "expired", "ended"] as const;
export type SeedOutcome = (typeof SEED_OUTCOMES)[number];

interface SeededAction {
  state: string;
  /** Null: nobody decided. */
  decidedAt: Date | null;
  input: unknown;
  /** As it was before a person approved other arguments; null: they are the same. */
  askedInput: unknown;
}

/** Null: it still waits. Who approved it only after putting right what was wrong had read it. */
export function seedOutcome({ state, decidedAt, input, askedInput }: SeededAction, faultyPath: readonly string[]): SeedOutcome | null {
  if (state === "held") return null;
  if (state === "rejected") return "refused";
  if (state === "expired") return "expired";
  if (decidedAt === null) return "ended";
  const isSame = askedInput === null || JSON.stringify(valueAt(askedInput, faultyPath)) === JSON.stringify(valueAt(input, faultyPath));
  return isSame ? "approved" : "corrected";
}

const valueAt = (value: unknown, path: readonly string[]): unknown => path.reduce<unknown>((at, name) => (isJsonObject(at) ? own(at, name) : undefined), value);
