"use server";

import { z } from "zod";
import { OUTCOMES } from "@/lib/domain/outcome.ts";
import { recordOutcome } from "@/lib/operations/run-outcome.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const box = z.literal("yes").optional().transform((value) => value === "yes");

const recordOutcomeForm = serverAction(
  z.object({
    runId: z.string().min(1), outcome: z.enum(OUTCOMES, "Choose what came of it."), isEscalated: box, isIntervened: box, comment: z.string().trim().max(2_000).optional(),
  }),
  async (actor, { runId, ...outcome }) => {
    await recordOutcome(actor, runId, outcome);
    return { message: "Recorded. The metrics follow within a minute." };
  },
);

export async function recordOutcomeAction(previous: FormState, form: FormData): Promise<FormState> {
  return recordOutcomeForm(previous, form);
}
