import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { findItemPreview } from "@/lib/queries/item-preview.ts";

/** What stands first on the page of one item of the inbox, for the pane beside the list. */
export const GET = consoleRoute("change:read", async ({ actor, parameters, now }) => {
  const preview = await findItemPreview(parameters.itemKey ?? "", actor, now);
  if (!preview) throw new NotFound("There is no such item.");
  return preview;
});
