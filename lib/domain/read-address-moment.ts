// Which moment does an address name? Apart from what writes one: a page that only writes needs no parser.

import { z } from "zod";

/** What `datetime-local` sends has no zone; it means UTC here. What cannot be understood counts as not said. */
export const addressMoment = z.string().transform((value) => new Date(/(Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`)).refine((date) => !Number.isNaN(date.getTime()))
  .transform((date) => date.toISOString()).nullable().catch(null).default(null);
