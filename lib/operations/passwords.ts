// What can be done about a password? Its person changes it; an administrator sets a temporary one.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { hashPassword, MIN_PASSWORD_LENGTH, verifyPassword } from "../auth/password.ts";
import { prisma } from "../database/database.ts";
import type { Actor, PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { operation, type Context } from "./operation.ts";
import { countAttempt, failuresOf, type SignedIn } from "./sign-in.ts";

export const passwordSchema = z.string().min(MIN_PASSWORD_LENGTH, `At least ${MIN_PASSWORD_LENGTH} characters.`).max(1_000);

/** 120 bits. */
export const newPassword = (): string => randomBytes(15).toString("base64url");

interface Named {
  id: string;
  name: string;
}

const storeTemporary = operation({
  kind: "person.password_reset",
  needs: "people:manage",
  run: async ({ tx, actor }: Context, input: { personId: string; passwordHash: string }): Promise<{ result: Named; evidence: { subject: string; detail: { temporary: boolean } } }> => {
    if (actor.id === input.personId) throw new NotPossible("You change your own password under Me.");
    const person = await tx.person.findUnique({ where: { id: input.personId }, select: { id: true, name: true, email: true } });
    if (!person) throw new NotFound("There is no such person.");
    await tx.person.update({ where: { id: person.id }, data: { passwordHash: input.passwordHash, sessionVersion: { increment: 1 } } });
    // Whoever forgot the password has often guessed too many times before asking.
    await tx.signInFailure.deleteMany({ where: { subject: { startsWith: failuresOf(person.email) } } });
    return { result: { id: person.id, name: person.name }, evidence: { subject: person.id, detail: { temporary: true } } };
  },
});

/** The person's sessions end, and the next sign-in leads to choosing another password. */
export async function resetPassword(actor: Actor, input: { personId: string; password: string }, now?: Date): Promise<Named> {
  return storeTemporary(actor, { personId: input.personId, passwordHash: await hashPassword(input.password, "temporary") }, now);
}

export async function resetPasswordOf(actor: Actor, input: { email: string; password: string }, now?: Date): Promise<Named> {
  const person = await prisma().person.findUnique({ where: { email: input.email }, select: { id: true } });
  if (!person) throw new NotFound("Nobody has this e-mail address.");
  return resetPassword(actor, { personId: person.id, password: input.password }, now);
}

export const ownPasswordSchema = z.object({ currentPassword: z.string("The password you sign in with now.").max(1_000), newPassword: passwordSchema });

const storeOwn = operation({
  kind: "person.password_changed",
  // Everybody who may do anything may look around.
  needs: "agent:read",
  run: async ({ tx, actor }: Context, input: { before: string; after: string }) => {
    const { count } = await tx.person.updateMany({ where: { id: actor.id, passwordHash: input.before }, data: { passwordHash: input.after, sessionVersion: { increment: 1 } } });
    if (count === 0) throw new Conflict("The password was changed in the meantime. Sign in again.");
    const { sessionVersion } = await tx.person.findUniqueOrThrow({ where: { id: actor.id }, select: { sessionVersion: true } });
    return { result: { personId: actor.id, sessionVersion }, evidence: { subject: actor.id, detail: {} } };
  },
});

/** All sessions end; what is returned begins a new one. A wrong password counts like a failed sign-in. */
export async function changeOwnPassword(actor: PersonActor, input: z.infer<typeof ownPasswordSchema>, now = new Date()): Promise<SignedIn> {
  const person = await prisma().person.findUnique({ where: { id: actor.id }, select: { email: true, passwordHash: true } });
  if (!person?.passwordHash) throw new NotPossible("You sign in through the identity provider, which keeps your password.");
  await countAttempt(failuresOf(person.email), now);
  if (!(await verifyPassword(input.currentPassword, person.passwordHash))) throw new NotPermitted("This is not the password you sign in with now.");
  if (input.newPassword === input.currentPassword) throw new NotPossible("The new password is the old one. Choose another.");
  const signedIn = await storeOwn(actor, { before: person.passwordHash, after: await hashPassword(input.newPassword) }, now);
  await prisma().signInFailure.deleteMany({ where: { subject: { startsWith: failuresOf(person.email) } } });
  return signedIn;
}
