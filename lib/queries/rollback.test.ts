import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { rollbackVersion } from "../operations/rollback-version.ts";
import { actingManifest, makeActingAgent } from "../testing/acting-agent.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getRollbackPreview } from "./rollback.ts";

useDatabase();

test("there is nothing to go back to before a second version was approved", async () => {
  const { id } = await makeAgent();
  expect(await getRollbackPreview(id, new Date())).toBeNull();
  expect(await getRollbackPreview("nobody", new Date())).toBeNull();
});

test("names both versions and what the current one did, as the rollback then finds it", async () => {
  const agent = await makeActingAgent();
  const { version, change } = await agent.register(actingManifest({ label: "2.0", prompt: "Refund everything." }));
  await agent.approve(change?.id ?? "");
  const hook = { hook: { kind: "tool", tool: "credit_take" } };
  await storeAction(agent.id, { versionId: version.id, state: "committed", amountMinor: 12_000n, currency: "EUR", compensation: hook, startedAt: new Date() });
  await storeAction(agent.id, { versionId: version.id, state: "committed", amountMinor: 500n, currency: "EUR", startedAt: new Date() });
  await storeAction(agent.id, { versionId: version.id, state: "held" });
  const preview = await getRollbackPreview(agent.id, new Date());
  expect(preview).toMatchObject({ from: { number: 2 }, to: { number: 1 }, undo: { actions: 2, reversible: 1, notReversible: 1, amounts: [{ currency: "EUR", minor: "12000", lostMinor: "500" }] } });
  expect(preview?.since).toBeInstanceOf(Date);

  const done = await rollbackVersion(agent.owners.technical_owner, { agentId: agent.id, fromVersionId: preview?.from.id ?? null, reason: "It paid twice.", undoSince: preview?.since ?? null });
  expect(done.versionId).toBe(preview?.to.id);
  expect(await prisma().undoStep.count({ where: { undoId: done.undo?.undoId ?? "" } })).toBe(2);
});
