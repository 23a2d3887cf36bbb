// Who is signed in? next-auth keeps the session; this is the only place that knows it.

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { encode } from "next-auth/jwt";
import { cache } from "react";
import type { PersonActor } from "../domain/roles.ts";
import { env } from "../env.ts";
import type { SignedIn } from "../operations/sign-in.ts";
import { answersWithin } from "../database/answers-within.ts";
import { paths } from "../paths.ts";
import { findPersonActor, hasTemporaryPassword } from "../queries/people.ts";
import { authOptions, SESSION_MAX_AGE_SECONDS, sessionCookie } from "./auth-options.ts";

/** Every page and action begins with this question; a database that has not answered it by then hangs. */
const FIRST_ANSWER_MS = 5_000;

/** The person behind this request, read once per request; null for strangers and for sessions that were revoked. */
export const findSignedIn = cache(async (): Promise<PersonActor | null> => {
  const session = await getServerSession(authOptions());
  const personId = session?.user?.personId;
  const version = session?.user?.sessionVersion;
  if (!personId || version === undefined) return null;
  return answersWithin(FIRST_ANSWER_MS, findPersonActor(personId, version, new Date()));
});

/** For pages and their frame: strangers go to the sign-in page and come back afterwards to the address that was asked, else to `returnTo`. */
export async function requireSignedIn(returnTo?: string): Promise<PersonActor> {
  const person = await findSignedIn();
  if (person) {
    await sendToNewPassword(person.id);
    return person;
  }
  const from = (await askedAddress()) ?? returnTo;
  redirect(from && from !== "/" ? `/sign-in?from=${encodeURIComponent(from)}` : "/sign-in");
}

/** A password that somebody else has set opens one page: where another is chosen. Stop asks for the session alone and stays open. */
const sendToNewPassword = cache(async (personId: string): Promise<void> => {
  const address = await askedAddress();
  if (address === null || address.split("?")[0] === paths.settingsMe()) return;
  if (await hasTemporaryPassword(personId)) redirect(paths.settingsMe());
});

/** Path and query of this request, set by our own server; `_rsc` is Next's own and marks no page. */
async function askedAddress(): Promise<string | null> {
  const address = (await headers()).get("x-holdpoint-address");
  if (!address || !URL.canParse(address, "http://here.invalid")) return null;
  const { pathname, searchParams } = new URL(address, "http://here.invalid");
  searchParams.delete("_rsc");
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}

/** Sets next-auth's own cookie, so that a password sign-in works as a plain form, without JavaScript. */
export async function startSession({ personId, sessionVersion }: SignedIn): Promise<void> {
  const { name, options } = sessionCookie();
  const secret = process.env.NEXTAUTH_SECRET;
  if (!secret) throw new Error("the session secret is not set");
  const value = await encode({ token: { personId, sessionVersion }, secret, maxAge: SESSION_MAX_AGE_SECONDS });
  (await cookies()).set(name, value, { ...options, maxAge: SESSION_MAX_AGE_SECONDS });
}

export async function endSession(): Promise<void> {
  const { name, options } = sessionCookie();
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

/** The network address of the other end, set by our own server on every request. */
export async function peerAddress(): Promise<string> {
  return (await headers()).get("x-holdpoint-peer") ?? "unknown";
}

/**
 * True when the request comes from a page of this installation: the Origin must be there and name the host that was asked.
 * Next checks a foreign Origin, but lets a missing one through.
 */
export async function isSameOrigin(): Promise<boolean> {
  const list = await headers();
  const origin = list.get("origin");
  if (!origin || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === list.get("host") || host === new URL(env().publicUrl).host;
}
