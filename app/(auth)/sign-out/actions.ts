"use server";

import { redirect } from "next/navigation";
import { endSession, isSameOrigin } from "@/lib/auth/session.ts";
import { paths } from "@/lib/paths.ts";

/** Needs no permission: whoever holds the cookie may throw it away. */
export async function signOutAction(): Promise<void> {
  if (!(await isSameOrigin())) return;
  await endSession();
  redirect(paths.signIn() as never);
}
