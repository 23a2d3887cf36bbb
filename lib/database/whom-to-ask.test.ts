import { expect, test } from "vitest";
import { prisma } from "./database.ts";
import { permits } from "./whom-to-ask.ts";
import { rejectChange } from "../operations/changes.ts";
import { handOverOnCall } from "../operations/on-call.ts";
import { systemActor } from "../operations/people.ts";
import { setOverride } from "../operations/overrides.ts";
import { findChange } from "../queries/change.ts";
import { makeAgent, makePerson, manifest } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

const NOW = new Date();

const reasonOf = (answer: { ok: true } | { ok: false; reason: string }): string => (answer.ok ? "" : answer.reason);

test("the owner of that very agent is named, and nobody who was disabled", async () => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  await prisma().person.update({ where: { id: other.owners.business_owner.id }, data: { name: "Olga Other" } });
  const viewer = await makePerson("Vera Viewer", ["viewer"]);
  expect(reasonOf((await permits(viewer, agent.id, { set: "override:set" }, NOW)).set)).toMatch(/^Only the agent's business owner may set overrides\. Ask Ingrid Holm\.$/);
  await prisma().person.update({ where: { id: agent.owners.business_owner.id }, data: { disabledAt: NOW } });
  const administrator = await makePerson("Clara Weiss", ["administrator"]);
  await prisma().person.update({ where: { id: administrator.id }, data: { lastSignInAt: NOW } });
  expect(reasonOf((await permits(viewer, agent.id, { set: "override:set" }, NOW)).set)).toMatch(/There is nobody else at present: ask Clara Weiss/);
});

test("a deputy is named while in force, and no longer", async () => {
  const agent = await makeAgent();
  const deputy = await makePerson("Dora Deputy");
  const until = new Date(NOW.getTime() + 86_400_000);
  await prisma().agentOwner.create({ data: { agentId: agent.id, personId: deputy.id, role: "business_owner", isDeputy: true, deputyUntil: until } });
  const ask = async (now: Date) => reasonOf((await permits(await makePerson("Vera Viewer", ["viewer"]), agent.id, { set: "override:set" }, now)).set);
  expect(await ask(NOW)).toMatch(/Ask Ingrid Holm or Dora Deputy\.$/);
  expect(await ask(new Date(until.getTime() + 1))).toMatch(/Ask Ingrid Holm\.$/);
});

test("who is on call comes first, where that is one who may", async () => {
  const agent = await makeAgent();
  const onCall = await makePerson("Otto On-call", ["on_call"]);
  await handOverOnCall(systemActor, { personId: onCall.id, fromId: null });
  const { engage, register } = await permits(await makePerson("Vera Viewer", ["viewer"]), agent.id, { engage: "stop:engage", register: "version:register" }, NOW);
  expect(reasonOf(engage)).toMatch(/Ask Otto On-call or /);
  expect(reasonOf(register)).not.toContain("Otto");
});

test("an author reads who could approve instead; whoever is refused by the server reads the same names", async () => {
  const agent = await makeAgent({ isApproved: true });
  const { change } = await agent.register(manifest({ label: "2.0", prompt: "You handle refunds for the web shop. Be brief." }));
  const view = await findChange(change?.id ?? "", agent.author, NOW);
  expect(reasonOf(view?.approve ?? { ok: true })).toMatch(/somebody else decides\. Ask Daniel Okafor\.$/);
  const viewer = await makePerson("Vera Viewer", ["viewer"]);
  const seen = await findChange(change?.id ?? "", viewer, NOW);
  await expect(rejectChange(viewer, { changeId: change?.id ?? "", fingerprint: view?.change.fingerprint ?? "", reason: "Not yet." })).rejects.toThrow(reasonOf(seen?.reject ?? { ok: true }));
  await expect(setOverride(viewer, { agentId: agent.id, source: "override", level: "shadow", reason: "A test of words.", expiresAt: new Date(NOW.getTime() + 3_600_000) })).rejects.toThrow("Ask Ingrid Holm.");
});
