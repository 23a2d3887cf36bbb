// What did a run cost, as far as that is known of all its calls?

import { Prisma } from "../../generated/prisma/client.ts";

/** In nano-USD; null where it is not known, which is fold-run's `runCost`. `run`: what a row of the table `run` is called in the statement. */
export const knownCostOf = (run: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`CASE WHEN ${run}.unknown_cost_calls = 0 AND (${run}.cost_nano_usd <> 0 OR ${run}.inference_calls > 0) THEN ${run}.cost_nano_usd::float8 END`;
