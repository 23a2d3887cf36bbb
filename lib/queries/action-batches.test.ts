import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { approveBatch } from "../operations/approve-batch.ts";
import { makeActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listActionBatches } from "./action-batches.ts";

useDatabase();

test("what waits for this person and is alike comes together with its total; the rest is left out, or not there at all", async () => {
  const agent = await makeActingAgent();
  await prisma().agent.update({ where: { id: agent.id }, data: { tier: 1 } });
  const held = await Promise.all([110, 120, 130, 450].map((amount) => agent.prepare({ input: { amount } })));
  await agent.prepare({ tool: "payout_send", input: { amount: 50 } });
  await storeAction(agent.id, { versionId: held[0]?.action.versionId ?? null, state: "committed", tool: "refund_create", amountMinor: 11_000n, currency: "EUR" });
  const mia = await makePerson("Mia", ["operator"]);
  const [batch, ...rest] = await listActionBatches(mia, new Date());
  expect(rest).toEqual([]);
  expect(batch).toMatchObject({ agentId: agent.id, tool: "refund_create", actions: { length: 3 }, leftOut: [{ id: held[3]?.action.id }] });
  expect([batch?.total, batch?.largest]).toEqual([expect.stringContaining("360") as string, expect.stringContaining("130") as string]);
  expect(await listActionBatches(await makePerson("Vic", ["viewer"]), new Date())).toEqual([]);

  const { approved, leftOut } = await approveBatch(mia, { actions: (batch?.actions ?? []).map(({ id, inputDigest }) => ({ actionId: id, inputDigest })) });
  expect([approved.length, leftOut]).toEqual([3, []]);
  expect(await listActionBatches(mia, new Date())).toEqual([]);
});

test("at tier 2 nothing comes together", async () => {
  const agent = await makeActingAgent();
  await Promise.all([110, 120].map((amount) => agent.prepare({ input: { amount } })));
  expect(await listActionBatches(await makePerson("Mia", ["operator"]), new Date())).toEqual([]);
});
