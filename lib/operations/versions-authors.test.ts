import { expect, test } from "vitest";
import { hashApiKey } from "../auth/api-key.ts";
import { prisma } from "../database/database.ts";
import { NotPermitted } from "../errors.ts";
import type { Actor, PersonActor } from "../domain/roles.ts";
import { findKeyHolder } from "../queries/api-keys.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createApiKey, newKeySchema } from "./api-keys.ts";
import { approveChange, recordSuiteResult, rejectChange, withdrawChange } from "./changes.ts";
import { createOwnKey } from "./own-keys.ts";
import { systemActor } from "./people.ts";
import { registerVersion, registrationSchema, type Registration } from "./versions.ts";

useDatabase();

const reworded = (text = "You handle refunds and returns.") => manifest({ prompt: text });
const send = (actor: Actor, agent: MadeAgent, more: Partial<Registration> = {}) =>
  registerVersion(actor, registrationSchema.parse({ agentId: agent.id, manifest: reworded(), source: "api", ...more }));
const holderOf = async (secret: string): Promise<Actor> => (await findKeyHolder(hashApiKey(secret), new Date()))?.actor ?? systemActor;

/** Tries to be the only one who decides: suites and approval. */
async function decideAlone(person: PersonActor, changeId: string) {
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  for (const suite of ["golden", "regression", "red_team"] as const) await recordSuiteResult(person, { changeId, suite, fingerprint, passed: 5, failed: 0, undecided: 0, url: null });
  return approveChange(person, { changeId, fingerprint, comment: null });
}

async function expectRefused(person: PersonActor, changeId: string): Promise<void> {
  await expect(decideAlone(person, changeId)).rejects.toThrow(NotPermitted);
  await expect(decideAlone(person, changeId)).rejects.toThrow(/You proposed this change, or made the key that did/);
  expect(await prisma().change.findUniqueOrThrow({ where: { id: changeId }, include: { reviews: true } })).toMatchObject({ state: "open", reviews: [] });
}

test("whoever edits a proposal is an author of it, as the one who made it stays", async () => {
  const agent = await makeAgent();
  const mia = agent.owners.model_steward;
  const { change } = await agent.register(reworded("Tomás wrote this."));
  const changeId = change?.id ?? "";
  await send(mia, agent, { replacesChangeId: changeId, source: "console" });
  expect(await prisma().change.findUniqueOrThrow({ where: { id: changeId } })).toMatchObject({ authorName: "Tomás Vega, Daniel Okafor", fingerprint: expect.any(String) as string });
  await expectRefused(mia, changeId);
  await expectRefused({ ...agent.author, owns: { [agent.id]: ["model_steward", "technical_owner"] } }, changeId);
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  await expect(rejectChange(mia, { changeId, fingerprint, reason: "not good" })).rejects.toThrow(/withdraw it instead/);
});

test("a name on what a person sends with a key of their own makes nobody else the author", async () => {
  const agent = await makeAgent();
  const mia = agent.owners.model_steward;
  const own = await holderOf((await createOwnKey(mia, { name: "mine" })).secret);
  expect(own).toMatchObject({ kind: "person", id: mia.id });
  const { change } = await send(own, agent, { author: `${agent.author.id}@example.test` });
  await expectRefused(mia, change?.id ?? "");
});

test.each([["with nobody named", false], ["with another person named", true]])("whoever made the key that proposes is an author, %s", async (_, isNamed) => {
  const agent = await makeAgent();
  const { technical_owner: priya, model_steward: daniel } = agent.owners;
  const maker = { ...priya, owns: { [agent.id]: ["technical_owner", "model_steward"] as const } };
  const key = await holderOf((await createApiKey(maker, newKeySchema.parse({ name: "ci", agentIds: [agent.id] }))).secret);
  expect(key.kind).toBe("key");
  const { change } = await send(key, agent, isNamed ? { author: `${agent.author.id}@example.test` } : {});
  await expectRefused(maker, change?.id ?? "");
  expect((await decideAlone(daniel, change?.id ?? "")).state).toBe("approved");
});

test("a key that an administrator made, or the command line, leaves the owners free", async () => {
  const administrator = await makePerson("Ada", ["administrator"]);
  for (const maker of [administrator, systemActor]) {
    const agent = await makeAgent();
    const key = await holderOf((await createApiKey(maker, newKeySchema.parse({ name: "ci", agentIds: [agent.id] }))).secret);
    const { change } = await send(key, agent);
    expect((await decideAlone(agent.owners.model_steward, change?.id ?? "")).state).toBe("approved");
  }
});

test("what somebody proposed and withdrew stays theirs when it is found in traffic", async () => {
  const agent = await makeAgent();
  const mia = agent.owners.model_steward;
  const first = await send(mia, agent, { source: "console" });
  await withdrawChange(mia, { changeId: first.change?.id ?? "", reason: null });
  const { change } = await send(systemActor, agent, { source: "observed", isRetroactive: true });
  expect(change?.id).not.toBe(first.change?.id);
  await expectRefused(mia, change?.id ?? "");
});
