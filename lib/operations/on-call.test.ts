import { beforeAll, beforeEach, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { HouseRole, PersonActor } from "../domain/roles.ts";
import { findOnCall, listOnCallChoices } from "../queries/on-call.ts";
import { findPersonActor } from "../queries/people.ts";
import { useDatabase } from "../testing/use-database.ts";
import { handOverOnCall } from "./on-call.ts";
import { createPerson, setHouseRoles, systemActor } from "./people.ts";

useDatabase();

const now = new Date("2026-11-22T02:00:00Z");
let ana: PersonActor, ben: PersonActor, vera: PersonActor, ada: PersonActor;

async function make(name: string, houseRoles: HouseRole[]): Promise<PersonActor> {
  const id = await createPerson(systemActor, { name, email: `${name.toLowerCase()}@example.test`, houseRoles });
  const actor = await findPersonActor(id, null, now);
  if (!actor) throw new Error("the person is gone");
  return actor;
}

beforeAll(async () => {
  [ana, ben, vera, ada] = [await make("Ana", ["operator"]), await make("Ben", ["on_call"]), await make("Vera", ["viewer"]), await make("Ada", ["administrator"])];
});

beforeEach(async () => {
  await prisma().setting.deleteMany({ where: { key: "on_call" } });
});

const entries = () => prisma().logEntry.findMany({ where: { kind: "on_call.handed_over" }, orderBy: { index: "asc" } });

test("nobody is on call until it is handed to somebody, and each handover stands in the log", async () => {
  expect(await findOnCall(now)).toBeNull();
  await handOverOnCall(ada, { personId: ana.id, fromId: null }, now);
  expect(await findOnCall(now)).toEqual({ id: ana.id, name: "Ana", email: "ana@example.test", since: now.toISOString() });
  await handOverOnCall(ana, { personId: ben.id, fromId: ana.id }, now);
  await handOverOnCall(ana, { personId: ben.id, fromId: ana.id }, now);
  await handOverOnCall(ben, { personId: null, fromId: ben.id }, now);
  expect(await findOnCall(now)).toBeNull();
  expect((await entries()).map(({ actor, subject, body }) => [actor, subject, (JSON.parse(body) as { detail: unknown }).detail])).toEqual([
    [`person:${ada.id}`, "on_call", { from: null, to: ana.id }], [`person:${ana.id}`, "on_call", { from: ana.id, to: ben.id }], [`person:${ben.id}`, "on_call", { from: ben.id, to: null }],
  ]);
});

test("of two who hand over at once the second is told", async () => {
  const before = (await entries()).length;
  await handOverOnCall(ada, { personId: ana.id, fromId: null }, now);
  await expect(handOverOnCall(ada, { personId: ben.id, fromId: null }, now)).rejects.toThrow("Somebody handed the on-call over meanwhile.");
  const both = await Promise.allSettled([handOverOnCall(ana, { personId: ben.id, fromId: ana.id }, now), handOverOnCall(ben, { personId: ada.id, fromId: ana.id }, now)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await entries()).toHaveLength(before + 2);
});

test("only somebody who may stop every agent is on call, and only as long as that holds", async () => {
  expect((await listOnCallChoices()).map(({ name }) => name)).toEqual(["Ada", "Ana", "Ben"]);
  for (const personId of [vera.id, "pe_nobody"]) await expect(handOverOnCall(ada, { personId, fromId: null }, now)).rejects.toThrow("Only somebody who can sign in and may stop every agent can be on call.");
  await expect(handOverOnCall(vera, { personId: ana.id, fromId: null }, now)).rejects.toThrow("Only an operator, someone on call or an administrator may hand over the on-call.");
  expect(await findOnCall(now)).toBeNull();
  await handOverOnCall(ada, { personId: ben.id, fromId: null }, now);
  await setHouseRoles(ada, { personId: ben.id, houseRoles: ["viewer"] }, now);
  expect(await findOnCall(now)).toBeNull();
  // From somebody who is on call no more it can be handed on.
  await handOverOnCall(ada, { personId: ana.id, fromId: ben.id }, now);
  expect(await findOnCall(now)).toMatchObject({ name: "Ana" });
});
