import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findSpan } from "@/lib/queries/spans.ts";

/** What went into one span and came out of it, which the page leaves out until somebody looks. */
export const GET = consoleRoute("run:read", async ({ parameters }) => {
  const span = await findSpan(parameters.runId ?? "", parameters.spanId ?? "");
  if (!span) throw new NotFound("There is no such span in this run.");
  return span;
});
