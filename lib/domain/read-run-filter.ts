// Which runs does an address ask for?

import { z } from "zod";
import { addressMoment } from "./read-address-moment.ts";
import { RUN_OUTCOMES, RUN_PERIODS, type RunFilter, type RunPeriod } from "./run-filter.ts";

const text = z.string().trim().min(1).max(200).nullable().catch(null).default(null);
const flag = z.literal("1").transform(() => true).catch(false).default(false);

const runFilter = z.object({
  agent: text,
  version: z.coerce.number().int().positive().nullable().catch(null).default(null),
  outcome: z.enum(RUN_OUTCOMES).nullable().catch(null).default(null),
  escalated: flag,
  intervened: flag,
  errors: flag,
  unreviewed: flag,
  record: text,
  tool: text,
  error: text,
  since: z.enum(Object.keys(RUN_PERIODS) as [RunPeriod, ...RunPeriod[]]).nullable().catch(null).default(null),
  from: addressMoment,
  to: addressMoment,
});
export type SearchValues = Readonly<Record<string, string | string[] | undefined>>;

/** What cannot be understood is left out, so that an old link still shows something. */
export function readRunFilter(search: SearchValues): RunFilter {
  const single = Object.entries(search).flatMap(([name, value]): [string, string][] => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined || first === "" ? [] : [[name, first]];
  });
  return runFilter.parse(Object.fromEntries(single));
}
