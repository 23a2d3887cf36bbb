import { consoleRoute } from "@/lib/console-route.ts";
import { NotFound } from "@/lib/errors.ts";
import { getUndoPulse } from "@/lib/queries/undos.ts";

export const GET = consoleRoute("action:read", async ({ parameters }) => {
  const pulse = await getUndoPulse(parameters.undoId ?? "");
  if (!pulse) throw new NotFound("There is no such reversal.");
  return pulse;
});
