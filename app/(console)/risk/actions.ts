"use server";

import { z } from "zod";
import { lowerStage, lowerTier, proposeStage, proposeTier, stageSchema, tierSchema } from "@/lib/operations/stages.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

/** The guide's questions are answered with yes or no, or not at all. */
const tierForm = tierSchema.extend({
  answers: z.record(z.string(), z.enum(["yes", "no"])).default({}).transform((answers) => Object.fromEntries(Object.entries(answers).map(([id, answer]) => [id, answer === "yes"]))),
});

const propose = serverAction(tierForm, async (actor, input) => {
  const { changeId } = await proposeTier(actor, input);
  return { redirectTo: paths.change(changeId) };
});
export async function proposeTierAction(previous: FormState, form: FormData) {
  return propose(previous, form);
}

const lower = serverAction(tierForm, async (actor, { agentId, tier, reason }) => {
  await lowerTier(actor, { agentId, tier, reason });
  return { message: `The agent is in tier ${tier} now.` };
});
export async function lowerTierAction(previous: FormState, form: FormData) {
  return lower(previous, form);
}

const raise = serverAction(stageSchema, async (actor, input) => {
  const { changeId } = await proposeStage(actor, input);
  return { redirectTo: paths.change(changeId) };
});
export async function proposeStageAction(previous: FormState, form: FormData) {
  return raise(previous, form);
}

const down = serverAction(stageSchema, async (actor, input) => {
  await lowerStage(actor, input);
  return { message: `The agent stands at ${input.stage} now.` };
});
export async function lowerStageAction(previous: FormState, form: FormData) {
  return down(previous, form);
}
