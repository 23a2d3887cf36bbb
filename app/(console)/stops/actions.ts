"use server";

import { z } from "zod";
import { LEAST_HOW } from "@/lib/domain/ended-point.ts";
import { parseStopScope, type ScopedStop } from "@/lib/domain/stop-scope.ts";
import { startDrill } from "@/lib/operations/rehearsals.ts";
import { restartRuns } from "@/lib/operations/restart-runs.ts";
import { revokeMissingKeys } from "@/lib/operations/revoke-missing-keys.ts";
import { sayEnded } from "@/lib/operations/say-ended.ts";
import { askRelease, giveReason, releaseReasonSchema, releaseStop } from "@/lib/operations/stops.ts";
import { paths } from "@/lib/paths.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const stopId = z.string().min(1).max(100);

const ask = serverAction(z.object({ stopId, reason: releaseReasonSchema }), async (actor, input) => askRelease(actor, input));
export async function askReleaseAction(previous: FormState, form: FormData): Promise<FormState> {
  return ask(previous, form);
}

const release = serverAction(z.object({ stopId, askedAt: z.coerce.date().optional() }), async (actor, input) => {
  await releaseStop(actor, input);
  return { message: "Released. Nothing was restarted by that." };
});
export async function releaseStopAction(previous: FormState, form: FormData): Promise<FormState> {
  return release(previous, form);
}

const restart = serverAction(z.object({ stopId }), async (actor, input) => {
  await restartRuns(actor, input);
  return {};
});
export async function restartRunsAction(previous: FormState, form: FormData): Promise<FormState> {
  return restart(previous, form);
}

const reasonSchema = z.string("Say why it was stopped.").trim().min(1, "Say why it was stopped.").max(1_000);
const explain = serverAction(z.object({ stopId, reason: reasonSchema }), async (actor, input) => {
  await giveReason(actor, input);
  return { message: "The reason is in the log." };
});
export async function giveReasonAction(previous: FormState, form: FormData): Promise<FormState> {
  return explain(previous, form);
}

const revocation = serverAction(z.object({ stopId, keyIds: z.array(z.string().min(1).max(100), "Choose a key.").min(1, "Choose a key.").max(1_000) }), async (actor, input) => {
  await revokeMissingKeys(actor, input);
  return {};
});
export async function revokeMissingKeysAction(previous: FormState, form: FormData): Promise<FormState> {
  return revocation(previous, form);
}

const ended = z.object({
  stopId, pointIds: z.array(z.string().min(1).max(100), "Choose a point.").min(1, "Choose a point.").max(1_000),
  how: z.string("Say how you know.").trim().min(LEAST_HOW, "Say how you know.").max(1_000),
});
const word = serverAction(ended, async (actor, input) => {
  await sayEnded(actor, input);
  return { redirectTo: paths.stopOf(input.stopId) };
});
export async function sayEndedAction(previous: FormState, form: FormData): Promise<FormState> {
  return word(previous, form);
}

const drillScope = z.string("Choose what to rehearse.").transform((text, context): ScopedStop => {
  const scope = parseStopScope(text);
  if (scope) return scope;
  context.addIssue({ code: "custom", message: "Choose what to rehearse." });
  return z.NEVER;
});
const rehearse = serverAction(z.object({ scope: drillScope }), async (actor, { scope }) => {
  const { rehearsalId } = await startDrill(actor, scope);
  return { redirectTo: paths.stops({ rehearsal: rehearsalId }) };
});
export async function startDrillAction(previous: FormState, form: FormData): Promise<FormState> {
  return rehearse(previous, form);
}
