// Which runs can be asked for, and how does an address say so? The browser writes it; what reads it stands apart.

import { beginningAt, closedEnd } from "./address-moment.ts";
import { OUTCOMES } from "./outcome.ts";

export const RUN_PERIODS = { "1h": 3_600_000, "24h": 86_400_000, "7d": 7 * 86_400_000, "30d": 30 * 86_400_000 } as const;
export type RunPeriod = keyof typeof RUN_PERIODS;

export const RUN_MARKS = ["escalated", "intervened", "errors", "unreviewed"] as const;
export type RunMark = (typeof RUN_MARKS)[number];

export const RUN_OUTCOMES = [...OUTCOMES, "unknown"] as const;

export interface RunFilter extends Record<RunMark, boolean> {
  agent: string | null;
  version: number | null;
  outcome: (typeof RUN_OUTCOMES)[number] | null;
  record: string | null;
  tool: string | null;
  error: string | null;
  since: RunPeriod | null;
  /** Moments, as ISO texts in UTC. */
  from: string | null;
  to: string | null;
}

/** Only what is set, ready for an address. */
export function runFilterQuery(filter: Partial<RunFilter>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]): [string, string][] => (value === null || value === undefined || value === false ? [] : [[name, value === true ? "1" : String(value)]])),
  );
}

/** For a link that shows the same later: a period up to now becomes its moments. */
export function freezeRunFilter(filter: RunFilter, now: Date): RunFilter & { to: string } {
  const begins = filter.since === null ? null : beginningAt(now.getTime() - RUN_PERIODS[filter.since]);
  const from = filter.from !== null && (begins === null || filter.from > begins) ? filter.from : begins;
  return { ...filter, since: null, from, to: closedEnd(filter.to, now) };
}

export const isEmptyRunFilter = (filter: RunFilter): boolean => Object.keys(runFilterQuery(filter)).length === 0;

/** Where the list goes on: the last row's start in whole microseconds, and its id. */
export interface RunCursor {
  startedUs: number;
  id: string;
}

export function readRunCursor(value: string | string[] | undefined): RunCursor | null {
  const match = /^(\d{1,16})\.([\w-]{1,100})$/.exec(Array.isArray(value) ? (value[0] ?? "") : (value ?? ""));
  return match?.[1] && match[2] ? { startedUs: Number(match[1]), id: match[2] } : null;
}

export const writeRunCursor = ({ startedUs, id }: RunCursor): string => `${startedUs}.${id}`;
