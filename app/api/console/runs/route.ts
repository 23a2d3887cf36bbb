import { consoleRoute } from "@/lib/console-route.ts";
import { readRunFilter } from "@/lib/domain/read-run-filter.ts";
import { readRunCursor } from "@/lib/domain/run-filter.ts";
import { BadInput } from "@/lib/errors.ts";
import { countNewerRuns } from "@/lib/queries/runs.ts";

/** How many runs came since the first one that an open list shows. */
export const GET = consoleRoute("run:read", async ({ search, now }) => {
  const since = readRunCursor(search.get("first") ?? undefined);
  if (!since) throw new BadInput("Say with `first` which run the list begins with.");
  return { count: await countNewerRuns(readRunFilter(Object.fromEntries(search)), since, now) };
});
