import { beforeAll, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { Conflict, NotPermitted } from "../errors.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createPerson, systemActor } from "./people.ts";
import { failuresOf, forgetSignInFailures, signInWithPassword, signInWithProvider } from "./sign-in.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
let lin: string;
const profile = (subject: string, email: string, isEmailVerified: boolean) => ({ subject, email, isEmailVerified, name: "Somebody" });

beforeAll(async () => {
  lin = await createPerson(systemActor, { name: "Lin", email: "lin@example.org", houseRoles: ["operator"] }, now);
});

it("an address that nobody verified opens neither an account that exists nor a new one", async () => {
  await expect(signInWithProvider(profile("s-1", "lin@example.org", false), now)).rejects.toThrow(NotPermitted);
  await expect(signInWithProvider(profile("s-1", "new@example.org", false), now)).rejects.toThrow(NotPermitted);
  expect(await prisma().person.count()).toBe(1);
  expect((await prisma().person.findUniqueOrThrow({ where: { id: lin } })).oidcSubject).toBeNull();
});

it("a verified one does, whatever its letters; afterwards the subject counts and not the address", async () => {
  expect((await signInWithProvider(profile("s-2", "Lin@Example.org", true), now)).personId).toBe(lin);
  expect((await signInWithProvider(profile("s-2", "lin.new@example.org", false), now)).personId).toBe(lin);
  await expect(signInWithProvider(profile("s-3", "lin@example.org", true), now)).rejects.toThrow(Conflict);
  const { personId } = await signInWithProvider(profile("s-4", "new@example.org", true), now);
  expect((await prisma().person.findUniqueOrThrow({ where: { id: personId } })).houseRoles).toEqual(["viewer"]);
});

it("guesses from one address lock that address out of the account, and guesses from everywhere lock the account", async () => {
  const email = "mo@example.org";
  await createPerson(systemActor, { name: "Mo", email, password: "the right password", houseRoles: ["on_call"] }, now);
  const attempt = (password: string, address: string) => signInWithPassword({ email, password }, address, now);
  for (let guess = 0; guess < 5; guess++) await expect(attempt("a guess", "10.0.0.9")).rejects.toThrow(/do not belong/);
  await expect(attempt("the right password", "10.0.0.9")).rejects.toThrow(/Too many/);
  await expect(attempt("the right password", "10.0.0.1")).resolves.toHaveProperty("personId");
  await prisma().signInFailure.createMany({ data: Array.from({ length: 50 }, () => ({ subject: failuresOf(email), at: now })) });
  await expect(attempt("the right password", "10.0.0.2")).rejects.toThrow(/Too many/);
  await expect(signInWithPassword({ email, password: "the right password" }, "10.0.0.2", new Date(now.getTime() + 16 * 60_000))).resolves.toHaveProperty("personId");
});

it("failures are forgotten after a day", async () => {
  await prisma().signInFailure.create({ data: { subject: "address:10.0.0.7", at: now } });
  await forgetSignInFailures(new Date(now.getTime() + 25 * 3_600_000));
  expect(await prisma().signInFailure.count()).toBe(0);
});
