import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getInbox } from "./inbox.ts";
import { whyNotFromList } from "./listed-approvals.ts";

useDatabase();

async function atTier(tier: number | null): Promise<{ agent: MadeAgent; hold: (more?: Parameters<typeof storeAction>[1]) => Promise<string> }> {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.update({ where: { id: agent.id }, data: { tier } });
  return { agent, hold: (more = {}) => storeAction(agent.id, { versionId, amountMinor: 12_000n, currency: "EUR", ...more }) };
}

test("a row has what its yes is for, and only for whoever may say it", async () => {
  const { agent, hold } = await atTier(1);
  const id = await hold({ justification: "The parcel was lost." });
  const approvalFor = async (actor: MadeAgent["author"]) => (await getInbox(actor, "actions", new Date())).items.find(({ key }) => key === id)?.approval;
  const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id } });
  expect(await approvalFor(agent.author)).toMatchObject({ inputDigest, input: { order: "5512", amount: 120 }, justification: "The parcel was lost.", reversibility: "none", amountMinor: "12000", usualMinor: null });
  expect(await approvalFor(await makePerson("Vera", ["viewer"]))).toBeUndefined();
  expect(await whyNotFromList(id)).toBeNull();
});

test("at tier 2, without a tier, for two persons or far beyond what is usual it is read first", async () => {
  const [one, two, none] = [await atTier(1), await atTier(2), await atTier(null)];
  await one.hold({ state: "committed", amountMinor: 3_000n });
  const [large, forTwo, higher, unknown] = [await one.hold(), await one.hold({ approvalsNeeded: 2, amountMinor: 3_000n }), await two.hold(), await none.hold()];
  const { items } = await getInbox(one.agent.author, "actions", new Date());
  expect(items.filter(({ key }) => [large, forTwo, higher, unknown].includes(key)).map(({ approval }) => approval)).toEqual([undefined, undefined, undefined, undefined]);
  expect(await whyNotFromList(large)).toMatch(/three times/);
  expect(await whyNotFromList(forTwo)).toMatch(/More than one person/);
  expect(await whyNotFromList(higher)).toMatch(/tier 2/);
  expect(await whyNotFromList(unknown)).toMatch(/no tier/);
});

test("what was done already with the same arguments is read first, which is found out when somebody says yes", async () => {
  const { hold } = await atTier(1);
  const again = await hold();
  await hold({ state: "committed", endedAt: new Date(), preparedAt: new Date(Date.now() - 3_600_000) });
  expect(await whyNotFromList(again)).toMatch(/^Done already with exactly these arguments, .* Open it and read it first\.$/);
  await prisma().action.update({ where: { id: again }, data: { state: "approved" } });
  expect(await whyNotFromList(again)).toBe("It is decided already.");
});
