// What can be done about people: the first administrator, new ones, their roles, their sessions.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { hashApiKey } from "../auth/api-key.ts";
import { hashPassword, MIN_PASSWORD_LENGTH } from "../auth/password.ts";
import { prisma, type Transaction } from "../database/database.ts";
import { HOUSE_ROLES, type HouseRole, type SystemActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { digestForLog } from "./append-to-log.ts";
import { operation, type Context } from "./operation.ts";
import { voidReviewsOf } from "./void-reviews.ts";

export const personSchema = z.object({
  name: z.string().trim().min(1, "A name is needed.").max(200),
  email: z.email("This is not an e-mail address.").max(320).transform((email) => email.toLowerCase()),
  password: z.string().min(MIN_PASSWORD_LENGTH, `At least ${MIN_PASSWORD_LENGTH} characters.`).max(1_000).optional(),
  houseRoles: z.array(z.enum(HOUSE_ROLES)).default([]),
});
export type NewPerson = z.infer<typeof personSchema>;

export const systemActor: SystemActor = { kind: "system", id: "holdpoint", name: "Holdpoint" };

async function insertPerson(tx: Transaction, person: NewPerson & { oidcSubject?: string }, passwordHash: string | null, now: Date): Promise<string> {
  const existing = await tx.person.findUnique({ where: { email: person.email }, select: { id: true } });
  if (existing) throw new Conflict("Somebody with this e-mail address exists already.");
  const id = newId("pe");
  await tx.person.create({
    data: { id, email: person.email, name: person.name, houseRoles: person.houseRoles, passwordHash, oidcSubject: person.oidcSubject ?? null, createdAt: now },
  });
  return id;
}

const personDetail = (person: NewPerson) => ({ name: person.name, emailSha256: digestForLog(person.email), houseRoles: person.houseRoles });

const insertHashed = operation({
  kind: "person.created",
  needs: "people:manage",
  run: async ({ tx, now }: Context, { person, passwordHash }: { person: NewPerson; passwordHash: string | null }) => {
    const id = await insertPerson(tx, person, passwordHash, now);
    return { result: id, evidence: { subject: id, detail: personDetail(person) } };
  },
});

/** Hashing takes a tenth of a second, so it happens before the transaction. */
export async function createPerson(actor: Parameters<typeof insertHashed>[0], person: NewPerson, now?: Date): Promise<string> {
  return insertHashed(actor, { person, passwordHash: person.password ? await hashPassword(person.password) : null }, now);
}

const FIRST_RUN = "first_run_token";

/** While nobody exists: a fresh one-time token, of which only the hash is kept. Null once somebody exists. */
export async function issueFirstRunToken(): Promise<string | null> {
  if ((await prisma().person.count()) > 0) return null;
  const token = randomBytes(24).toString("base64url");
  const value = { hash: hashApiKey(token) };
  await prisma().setting.upsert({ where: { key: FIRST_RUN }, create: { key: FIRST_RUN, value }, update: { value } });
  return token;
}

const insertFirst = operation({
  kind: "person.first_administrator_created",
  needs: "people:manage",
  run: async ({ tx, now }: Context, input: { token: string; person: NewPerson; passwordHash: string }) => {
    // Two browsers may hold the page open: the second waits here and then finds somebody.
    const [row] = await tx.$queryRaw<{ value: { hash: string } }[]>`SELECT value FROM setting WHERE key = ${FIRST_RUN} FOR UPDATE`;
    if ((await tx.person.count()) > 0) throw new NotPossible("The first administrator exists already. Sign in instead.");
    if (!row || row.value.hash !== hashApiKey(input.token.trim())) throw new NotPermitted("This is not the token that was printed when Holdpoint started.");
    await tx.setting.delete({ where: { key: FIRST_RUN } });
    const person = { ...input.person, houseRoles: ["administrator", "operator"] satisfies HouseRole[] };
    const id = await insertPerson(tx, person, input.passwordHash, now);
    return { result: id, evidence: { subject: id, detail: personDetail(person) } };
  },
});

/** The token stands in for a signed-in person; the system acts on its authority. */
export async function createFirstAdministrator(input: { token: string; person: NewPerson & { password: string } }, now?: Date): Promise<string> {
  return insertFirst(systemActor, { ...input, passwordHash: await hashPassword(input.person.password) }, now);
}

export const setHouseRoles = operation({
  kind: "person.roles_set",
  needs: "people:manage",
  run: async ({ tx, actor }: Context, input: { personId: string; houseRoles: HouseRole[] }) => {
    const person = await lockPerson(tx, input.personId);
    if (actor.id === person.id && !input.houseRoles.includes("administrator") && person.houseRoles.includes("administrator")) {
      throw new NotPossible("You cannot take the administrator role from yourself; another administrator can.");
    }
    await tx.person.update({ where: { id: person.id }, data: { houseRoles: input.houseRoles } });
    return { result: undefined, evidence: { subject: person.id, detail: { before: person.houseRoles, after: input.houseRoles } } };
  },
});

export const signOutEverywhere = operation({
  kind: "person.sessions_revoked",
  needs: "people:manage",
  run: async ({ tx }: Context, input: { personId: string }) => {
    const person = await lockPerson(tx, input.personId);
    await tx.person.update({ where: { id: person.id }, data: { sessionVersion: { increment: 1 } } });
    return { result: undefined, evidence: { subject: person.id, detail: {} } };
  },
});

export const setPersonDisabled = operation({
  kind: "person.access_set",
  needs: "people:manage",
  run: async ({ tx, actor, now }: Context, input: { personId: string; isDisabled: boolean }) => {
    const person = await lockPerson(tx, input.personId);
    if (actor.id === person.id) throw new NotPossible("You cannot lock yourself out; another administrator can.");
    await tx.person.update({ where: { id: person.id }, data: { disabledAt: input.isDisabled ? now : null, sessionVersion: { increment: 1 } } });
    const approvalsVoided = input.isDisabled ? await voidReviewsOf(tx, person, now) : 0;
    return { result: undefined, evidence: { subject: person.id, detail: { disabled: input.isDisabled, ...(approvalsVoided > 0 && { approvalsVoided }) } } };
  },
});

async function lockPerson(tx: Transaction, personId: string) {
  await tx.$executeRaw`SELECT 1 FROM person WHERE id = ${personId} FOR UPDATE`;
  const person = await tx.person.findUnique({ where: { id: personId }, select: { id: true, name: true, houseRoles: true } });
  if (!person) throw new NotFound("There is no such person.");
  return person;
}
