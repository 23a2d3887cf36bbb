"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password.ts";
import { isSameOrigin, startSession } from "@/lib/auth/session.ts";
import { createFirstAdministrator, personSchema } from "@/lib/operations/people.ts";
import { paths } from "@/lib/paths.ts";
import { readForm, refusalSentence, type FormState } from "@/lib/server-action.ts";

const firstRun = personSchema.pick({ name: true, email: true }).extend({
  token: z.string("The token is needed.").trim().min(1, "The token is needed.").max(200),
  password: z.string("A password is needed.").min(MIN_PASSWORD_LENGTH, `At least ${MIN_PASSWORD_LENGTH} characters.`).max(1_000),
});

/** For the very first person, so there is nobody to ask: the printed token is the permission, and the operation checks it. */
export async function firstRunAction(_previous: FormState, form: FormData): Promise<FormState> {
  const values = { name: String(form.get("name") ?? ""), email: String(form.get("email") ?? "") };
  if (!(await isSameOrigin())) return { status: "failed", message: "This request did not come from this console.", values };
  const parsed = firstRun.safeParse(readForm(form));
  if (!parsed.success) {
    const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join("."), issue.message]));
    return { status: "failed", message: "Some fields need another look.", fields, values };
  }
  const { token, ...person } = parsed.data;
  try {
    const personId = await createFirstAdministrator({ token, person: { ...person, houseRoles: [] } });
    await startSession({ personId, sessionVersion: 1 });
  } catch (error) {
    return { status: "failed", message: refusalSentence(error), values };
  }
  redirect(paths.home() as never);
}
