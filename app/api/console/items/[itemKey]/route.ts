import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findItemNotes } from "@/lib/queries/item-triage.ts";

/** What people noted on one item of the inbox, for its own page. */
export const GET = consoleRoute("change:read", async ({ actor, parameters, now }) => {
  const notes = await findItemNotes(actor, parameters.itemKey ?? "", now);
  if (!notes) throw new NotFound("There is no such item.");
  return notes;
});
