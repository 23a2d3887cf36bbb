// Which entries of the log does an address ask for?

import { z } from "zod";
import { closedEnd } from "./address-moment.ts";
import { addressMoment } from "./read-address-moment.ts";

const text = z.string().trim().min(1).max(300).nullable().catch(null).default(null);

const logFilter = z.object({
  /** A kind, or a family of kinds that ends with a dot: `change.`. */
  kind: text,
  actor: text,
  agent: text,
  subject: text,
  from: addressMoment,
  to: addressMoment,
  /** What Holdpoint does every minute is left out unless it is asked for, lest it hide everything else. */
  routine: z.enum(["shown"]).nullable().catch(null).default(null),
});
export type LogFilter = z.infer<typeof logFilter>;

/** Kinds of entries that are routine begin so. */
export const ROUTINE_KINDS = "rehearsal.standing_";

/** Who asks for a kind or for one thing wants to see it, whatever it is. */
export const leavesOutRoutine = ({ routine, kind, subject }: LogFilter): boolean => routine === null && kind === null && subject === null;

type SearchValues = Readonly<Record<string, string | string[] | undefined>>;

export function readLogFilter(search: SearchValues): LogFilter {
  return logFilter.parse(Object.fromEntries(Object.entries(search).flatMap(([name, value]): [string, string][] => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined || first === "" ? [] : [[name, first]];
  })));
}

export function logFilterQuery(filter: LogFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** For a link that shows the same later: it ends now. */
export const freezeLogFilter = (filter: LogFilter, now: Date): LogFilter & { to: string } => ({ ...filter, to: closedEnd(filter.to, now) });

/** An index of the log; null for anything else. */
export function readLogIndex(value: string | string[] | undefined): number | null {
  const first = Array.isArray(value) ? value[0] : value;
  return first !== undefined && /^\d{1,15}$/.test(first) ? Number(first) : null;
}
