import { beforeAll, describe, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { findPersonActor, hasTemporaryPassword } from "../queries/people.ts";
import { useDatabase } from "../testing/use-database.ts";
import { changeOwnPassword, newPassword, resetPassword, resetPasswordOf } from "./passwords.ts";
import { createPerson, systemActor } from "./people.ts";
import { signInWithPassword } from "./sign-in.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
const FIRST = "the first password";
const ada: PersonActor = { kind: "person", id: "pe_ada", name: "Ada", roles: ["administrator"], owns: {} };
let nils: PersonActor;
const email = "nils@example.org";
const signIn = (password: string, at = now) => signInWithPassword({ email, password }, "10.0.0.1", at);

beforeAll(async () => {
  const id = await createPerson(systemActor, { name: "Nils", email, password: FIRST, houseRoles: ["viewer"] }, now);
  nils = { kind: "person", id, name: "Nils", roles: ["viewer"], owns: {} };
});

describe("a temporary password", () => {
  it("ends the sessions, lets in once more after too many guesses, and has to be changed", async () => {
    const before = await signIn(FIRST);
    for (let guess = 0; guess < 6; guess++) await expect(signIn("a guess")).rejects.toThrow(NotPermitted);
    await expect(signIn(FIRST)).rejects.toThrow("Too many failed attempts");
    const password = newPassword();
    expect(await resetPassword(ada, { personId: nils.id, password }, now)).toEqual({ id: nils.id, name: "Nils" });
    expect(await findPersonActor(nils.id, before.sessionVersion, now)).toBeNull();
    const after = await signIn(password);
    expect(await findPersonActor(nils.id, after.sessionVersion, now)).not.toBeNull();
    expect(await hasTemporaryPassword(nils.id)).toBe(true);

    const changed = await changeOwnPassword(nils, { currentPassword: password, newPassword: "a password of my own" }, now);
    expect(await hasTemporaryPassword(nils.id)).toBe(false);
    expect(await findPersonActor(nils.id, after.sessionVersion, now)).toBeNull();
    expect(await findPersonActor(nils.id, changed.sessionVersion, now)).not.toBeNull();
    await expect(signIn(password)).rejects.toThrow(NotPermitted);
    const entries = await prisma().logEntry.findMany({ where: { subject: nils.id, kind: { startsWith: "person.password" } }, orderBy: { index: "asc" } });
    expect(entries.map((entry) => `${entry.kind} ${entry.actor}`)).toEqual(["person.password_reset person:pe_ada", `person.password_changed person:${nils.id}`]);
    expect(JSON.stringify(entries.map((entry) => entry.body))).not.toContain(password);
  });

  it("is set by an administrator for somebody else only, or on the command line by address", async () => {
    await expect(resetPassword(nils, { personId: ada.id, password: newPassword() }, now)).rejects.toThrow(NotPermitted);
    await expect(resetPassword({ ...ada, id: nils.id }, { personId: nils.id, password: newPassword() }, now)).rejects.toThrow(NotPossible);
    await expect(resetPasswordOf(systemActor, { email: "nobody@example.org", password: newPassword() }, now)).rejects.toThrow(NotFound);
    expect((await resetPasswordOf(systemActor, { email, password: newPassword() }, now)).id).toBe(nils.id);
  });
});

describe("one's own password", () => {
  it("is not changed by whoever does not know it, and guesses are counted", async () => {
    const later = new Date("2026-11-21T13:00:00Z");
    const hash = async () => (await prisma().person.findUniqueOrThrow({ where: { id: nils.id } })).passwordHash;
    const before = await hash();
    for (let guess = 0; guess < 5; guess++) await expect(changeOwnPassword(nils, { currentPassword: "a guess", newPassword: "twelve letters" }, later)).rejects.toThrow("not the password");
    await expect(changeOwnPassword(nils, { currentPassword: "a guess", newPassword: "twelve letters" }, later)).rejects.toThrow("Too many");
    expect(await hash()).toBe(before);
  });

  it("belongs to the identity provider where there is none", async () => {
    const id = await createPerson(systemActor, { name: "Sso", email: "sso@example.org", houseRoles: ["viewer"] }, now);
    await expect(changeOwnPassword({ ...nils, id }, { currentPassword: "x", newPassword: "twelve letters" }, now)).rejects.toThrow(NotPossible);
  });
});
