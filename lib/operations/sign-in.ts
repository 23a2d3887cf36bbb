// May this person in? Passwords with a limit on failures, and people whom the identity provider vouches for.

import { z } from "zod";
import { verifyPassword } from "../auth/password.ts";
import { prisma } from "../database/database.ts";
import { Conflict, NotPermitted } from "../errors.ts";
import { newId } from "../new-id.ts";
import { appendToLog, digestForLog } from "./append-to-log.ts";

const WINDOW_MS = 15 * 60_000;
/** Of one account from one address, so that whoever guesses elsewhere locks nobody out at their desk. */
const FAILURES_AT_ADDRESS = 5;
const FAILURES_PER_EMAIL = 50;
const FAILURES_PER_ADDRESS = 50;
const KEPT_MS = 24 * 3_600_000;

export const credentialsSchema = z.object({
  email: z.string().trim().max(320).transform((email) => email.toLowerCase()),
  password: z.string().max(1_000),
});

export interface SignedIn {
  personId: string;
  sessionVersion: number;
}

/** Whose failed attempts are counted together, without the address itself. */
export const failuresOf = (email: string): string => `email:${digestForLog(email)}`;

const WRONG = "E-mail address and password do not belong together.";
const TOO_MANY = "Too many failed attempts. Wait 15 minutes, or ask an administrator.";

/** Counts first and looks at the password afterwards, so that a burst of parallel guesses counts in full. Throws `NotPermitted` beyond the limit. */
export async function countAttempt(byEmail: string, now: Date): Promise<void> {
  await prisma().signInFailure.create({ data: { subject: byEmail, at: now } });
  const failures = await prisma().signInFailure.count({ where: { subject: byEmail, at: { gt: new Date(now.getTime() - WINDOW_MS) } } });
  if (failures > FAILURES_AT_ADDRESS) throw new NotPermitted(TOO_MANY);
}

/**
 * Counts the attempt before it looks at the password, so that a burst of parallel guesses counts in full.
 * Throws `NotPermitted` with the same sentence for an unknown address and for a wrong password.
 */
export async function signInWithPassword(credentials: z.infer<typeof credentialsSchema>, peerAddress: string, now = new Date()): Promise<SignedIn> {
  const byEmail = failuresOf(credentials.email);
  const byAddress = `address:${peerAddress}`;
  const ofBoth = `${byEmail} at ${digestForLog(peerAddress)}`;
  const since = new Date(now.getTime() - WINDOW_MS);
  await prisma().signInFailure.createMany({ data: [byEmail, byAddress, ofBoth].map((subject) => ({ subject, at: now })) });
  const limits = [[byEmail, FAILURES_PER_EMAIL], [byAddress, FAILURES_PER_ADDRESS], [ofBoth, FAILURES_AT_ADDRESS]] as const;
  const isBeyond = await Promise.all(limits.map(async ([subject, most]) => (await prisma().signInFailure.count({ where: { subject, at: { gt: since } } })) > most));
  if (isBeyond.includes(true)) throw new NotPermitted(TOO_MANY);

  const person = await prisma().person.findUnique({ where: { email: credentials.email } });
  const isRight = await verifyPassword(credentials.password, person?.passwordHash ?? null);
  if (!person || !isRight || person.disabledAt) throw new NotPermitted(WRONG);

  await prisma().$transaction(async (tx) => {
    await tx.signInFailure.deleteMany({ where: { subject: { in: [byEmail, ofBoth] } } });
    await tx.signInFailure.deleteMany({ where: { subject: byAddress, at: now } });
    await tx.person.update({ where: { id: person.id }, data: { lastSignInAt: now } });
    await appendToLog(tx, [{ kind: "person.signed_in", actor: `person:${person.id}`, subject: person.id, at: now, detail: { with: "password" } }]);
  });
  return { personId: person.id, sessionVersion: person.sessionVersion };
}

/** What counts no more is forgotten, or whoever guesses would fill the table. Returns how many. */
export async function forgetSignInFailures(now: Date): Promise<number> {
  return (await prisma().signInFailure.deleteMany({ where: { at: { lt: new Date(now.getTime() - KEPT_MS) } } })).count;
}

/**
 * Finds the person by the provider's subject, or by an e-mail address the provider has verified, or lets a new one in as a viewer. An
 * address that nobody has verified opens nothing: neither an account that exists, nor a new one that would keep its owner out later.
 */
export async function signInWithProvider(
  profile: { subject: string; email: string; isEmailVerified: boolean; name: string }, now = new Date(),
): Promise<SignedIn> {
  const email = profile.email.toLowerCase();
  return prisma().$transaction(async (tx) => {
    const known = await tx.person.findUnique({ where: { oidcSubject: profile.subject } });
    const byEmail = known ? null : await tx.person.findUnique({ where: { email } });
    if (!known && !profile.isEmailVerified) throw new NotPermitted("The identity provider has not verified this e-mail address, so it cannot show whose account it is.");
    if (byEmail && byEmail.oidcSubject !== null) throw new Conflict("This e-mail address belongs to an account that signs in as somebody else at the identity provider.");
    const found = known ?? byEmail;
    if (found?.disabledAt) throw new NotPermitted("This account is disabled.");
    const person = found
      ? await tx.person.update({ where: { id: found.id }, data: { oidcSubject: profile.subject, lastSignInAt: now } })
      : await tx.person.create({
          data: { id: newId("pe"), email, name: profile.name.slice(0, 200), houseRoles: ["viewer"], oidcSubject: profile.subject, createdAt: now, lastSignInAt: now },
        });
    await appendToLog(tx, [{
      kind: found ? "person.signed_in" : "person.created", actor: `person:${person.id}`, subject: person.id, at: now, detail: { with: "identity provider" },
    }]);
    return { personId: person.id, sessionVersion: person.sessionVersion };
  });
}
