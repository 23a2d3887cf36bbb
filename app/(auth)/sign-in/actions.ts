"use server";

import { redirect } from "next/navigation";
import { isSameOrigin, peerAddress, startSession } from "@/lib/auth/session.ts";
import { safeReturnPath } from "@/lib/domain/return-path.ts";
import { credentialsSchema, signInWithPassword } from "@/lib/operations/sign-in.ts";
import { paths } from "@/lib/paths.ts";
import { refusalSentence, type FormState } from "@/lib/server-action.ts";

/** For strangers, so there is no permission to ask for: the password is the permission, and failures are counted. */
export async function signInAction(_previous: FormState, form: FormData): Promise<FormState> {
  const values = { email: String(form.get("email") ?? "") };
  if (!(await isSameOrigin())) return { status: "failed", message: "This request did not come from this console.", values };
  const credentials = credentialsSchema.safeParse({ email: form.get("email"), password: form.get("password") });
  if (!credentials.success || credentials.data.email === "" || credentials.data.password === "") {
    return { status: "failed", message: "Enter your e-mail address and your password.", values };
  }
  try {
    await startSession(await signInWithPassword(credentials.data, await peerAddress()));
  } catch (error) {
    return { status: "failed", message: refusalSentence(error), values };
  }
  redirect((safeReturnPath(String(form.get("from") ?? "")) ?? paths.home()) as never);
}
