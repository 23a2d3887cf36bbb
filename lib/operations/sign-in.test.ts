import { beforeAll, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { Conflict, NotPermitted } from "../errors.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createPerson, systemActor } from "./people.ts";
import { signInWithProvider } from "./sign-in.ts";

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
