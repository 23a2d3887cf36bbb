import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { spotCheckKey } from "../domain/item-key.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { expireActions } from "../operations/cancel-actions.ts";
import { recordSpotCheck, rejectChange } from "../operations/changes.ts";
import { rejectAction } from "../operations/reject-action.ts";
import { abortRollout } from "../operations/steer-rollout.ts";
import { engageStop } from "../operations/stops.ts";
import { makeAgent, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findFates } from "./item-fates.ts";

useDatabase();

const now = () => new Date();

async function proposeText(agent: MadeAgent, prompt: string) {
  const { change, version } = await agent.register(manifest({ label: prompt, prompt }));
  if (!change) throw new Error("no change was proposed");
  return { changeId: change.id, fingerprint: version.fingerprint };
}

test("each end has its own word, and a name where somebody decided", async () => {
  const agent = await makeAgent();
  const [rejected, waiting, swept, stopped] = [await storeAction(agent.id), await storeAction(agent.id), await storeAction(agent.id, { expiresAt: new Date(Date.now() - 2_000) }), await storeAction(agent.id)];
  await expireActions(now());
  const over = await storeAction(agent.id, { expiresAt: new Date(Date.now() - 1_000) });
  const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id: rejected } });
  await rejectAction(agent.owners.business_owner, { actionId: rejected, inputDigest, reason: "Not this order." });
  const [no, open] = [await proposeText(agent, "One."), await proposeText(agent, "Two.")];
  await rejectChange(agent.owners.technical_owner, { ...no, reason: "Too much at once." });
  const { id: checked } = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "approved" } });
  await prisma().change.update({ where: { id: checked }, data: { spotCheckDue: true } });
  await recordSpotCheck(agent.owners.technical_owner, { changeId: checked, isGood: true, comment: null });
  const fates = await findFates(agent.author, [rejected, waiting, swept, over, no.changeId, open.changeId, checked, spotCheckKey(checked), spotCheckKey(no.changeId), "ac_nowhere", "nonsense'"], now());
  expect(fates[rejected]).toMatchObject({ word: "Rejected", mark: "rejected", by: "Ingrid Holm" });
  expect(fates[no.changeId]).toMatchObject({ word: "Rejected", by: "Priya Nair" });
  expect(fates[checked]).toMatchObject({ word: "Approved", mark: "met" });
  expect(fates[spotCheckKey(checked)]).toMatchObject({ word: "Spot-checked", by: "Priya Nair" });
  for (const key of [swept, over]) expect(fates[key]).toMatchObject({ word: "Expired", mark: "expired", by: null });
  for (const key of [waiting, open.changeId]) expect(fates[key]).toEqual({ word: "Still open, not in this list", mark: "waiting", by: null, at: null });
  expect(Object.keys(fates)).toHaveLength(8);

  await engageStop(agent.author, { scope: "agent", target: agent.id, reason: null });
  // Whoever stops has it cancelled beside what they do.
  await expect.poll(() => findFates(agent.author, [stopped], now())).toMatchObject({ [stopped]: { word: "Stopped", mark: "stopped", by: null } });
  expect(await findFates({ ...agent.author, roles: [], owns: {} }, [stopped, no.changeId], now())).toEqual({});
});

test("what was approved and begun did not run out while it waited; of a rollout its last step is told", async () => {
  const agent = await makeAgent();
  const id = await storeAction(agent.id, { state: "expired" });
  const entry = (kind: string, actor: string) => ({ kind, actor, subject: id, agentId: agent.id, at: now(), detail: {} });
  await prisma().$transaction((tx) => appendToLog(tx, [entry("action.approved", `person:${agent.owners.business_owner.id}`), entry("action.started", "key:agent"), entry("action.expired", "system:holdpoint")]));
  const rollout = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "Another." }) });
  await abortRollout(agent.owners.technical_owner, { rolloutId: rollout.id, reason: "It is not needed." });
  const fates = await findFates(agent.author, [id, rollout.id], now());
  expect(fates[id]).toMatchObject({ word: "Approved", by: "Ingrid Holm" });
  expect(fates[rollout.id]).toMatchObject({ word: "Aborted", by: "Priya Nair" });
});
