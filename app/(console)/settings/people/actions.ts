"use server";

import { z } from "zod";
import { HOUSE_ROLES } from "@/lib/domain/roles.ts";
import { newPassword, resetPassword } from "@/lib/operations/passwords.ts";
import { createPerson, personSchema, setHouseRoles, setPersonDisabled, signOutEverywhere } from "@/lib/operations/people.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const personId = z.string().min(1);

const create = serverAction(personSchema, async (actor, input) => {
  const made = input.password === undefined ? newPassword() : undefined;
  await createPerson(actor, { ...input, password: input.password ?? made });
  return { message: made ? `${input.name} was added, with this password.` : `${input.name} was added.`, ...(made ? { shownOnce: made } : {}) };
});
export async function createPersonAction(previous: FormState, form: FormData): Promise<FormState> {
  return create(previous, form);
}

const setRoles = serverAction(z.object({ personId, houseRoles: z.array(z.enum(HOUSE_ROLES)).default([]) }), async (actor, input) => setHouseRoles(actor, input));
export async function setRolesAction(previous: FormState, form: FormData): Promise<FormState> {
  return setRoles(previous, form);
}

const setDisabled = serverAction(z.object({ personId, isDisabled: z.enum(["yes", "no"]) }), async (actor, input) =>
  setPersonDisabled(actor, { personId: input.personId, isDisabled: input.isDisabled === "yes" }));
export async function setDisabledAction(previous: FormState, form: FormData): Promise<FormState> {
  return setDisabled(previous, form);
}

const signOut = serverAction(z.object({ personId }), async (actor, input) => signOutEverywhere(actor, input));
export async function signOutEverywhereAction(previous: FormState, form: FormData): Promise<FormState> {
  return signOut(previous, form);
}

const reset = serverAction(z.object({ personId }), async (actor, input) => {
  const password = newPassword();
  const person = await resetPassword(actor, { ...input, password });
  return { message: `${person.name} was signed out everywhere and signs in with this password once, then chooses another.`, shownOnce: password };
});
export async function resetPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return reset(previous, form);
}
