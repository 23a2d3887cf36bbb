import { readTrace } from "@/app/(console)/runs/[runId]/read-trace.ts";
import { packTrace } from "@/components/runs/pack-trace.ts";
import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findRun } from "@/lib/queries/runs.ts";

/** All rows of a run: its page is sent only those that are seen when it opens. */
export const GET = consoleRoute("run:read", async ({ parameters }) => {
  const run = await findRun(parameters.runId ?? "");
  if (!run) throw new NotFound("There is no such run.");
  return packTrace((await readTrace(run)).trace);
});
