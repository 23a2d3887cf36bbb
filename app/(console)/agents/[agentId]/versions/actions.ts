"use server";

import { rollbackSchema, rollbackVersion } from "@/lib/operations/rollback-version.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const rollBack = serverAction(rollbackSchema, async (actor, input) => {
  const { undo } = await rollbackVersion(actor, input);
  return { redirectTo: undo === null ? paths.agentVersions(input.agentId) : paths.undo(undo.undoId) };
});
export async function rollBackAction(previous: FormState, form: FormData) {
  return rollBack(previous, form);
}
