import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { newId } from "../lib/new-id.ts";
import { makeSeededRequest } from "../lib/operations/make-seeded-request.ts";
import { systemActor } from "../lib/operations/people.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { expect, expectGoodPage, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

const POLICY = `@id("allow-1")
permit(principal, action in [Action::"order_get", Action::"refund_create"], resource);

@id("limit-1")
@decision("require_approval")
forbid(principal, action in [Action::"refund_create"], resource)
when { context.input has amount && !(context.input.amount.lessThanOrEqual(decimal("100.0"))) }
unless { context has approval && context.approval.granted };
`;

async function makeAsking(makeAgent: () => Promise<TestAgent>): Promise<{ agent: TestAgent; key: string }> {
  const agent = await makeAgent();
  const [order, refund] = manifestOf().tools;
  if (!order || !refund) throw new Error("the manifest of the specs lacks a tool");
  const { change } = await agent.register(manifestOf({ label: "1.1", tools: [order, { ...refund, amount: { path: "amount", unit: "major", currency: "EUR" } }], policy: { cedar: POLICY } }));
  await agent.approve(change?.id ?? "");
  await agent.skipRollout(change?.id ?? "");
  return { agent, key: await agent.key(["authority"]) };
}

const ask = (key: string, path: string, body?: object): Promise<Response> =>
  fetch(`${process.env.E2E_URL}${path}`, { method: body ? "POST" : "GET", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}) });

/** As the sweep makes one; for this very agent, whatever else is held in the house meanwhile. */
async function seed(agent: TestAgent, key: string): Promise<{ id: string; basedOn: string }> {
  let basedOn = "";
  for (let order = 1; order <= 5; order++) {
    const response = await ask(key, "/v1/actions", { agent: { id: agent.id }, tool: { name: "refund_create" }, input: { order: `o-${order}`, amount: 120 }, idempotencyKey: crypto.randomUUID(), justification: "The parcel was lost." });
    basedOn = ((await response.json()) as { id: string }).id;
  }
  const id = newId("ac");
  await prisma().seededRequest.create({ data: { actionId: id, salt: randomBytes(32).toString("hex"), committedAt: new Date(), dueAfter: 1_000_000, countedUntil: new Date(), faultyPath: [] } });
  expect(await makeSeededRequest(systemActor, { actionId: id, basedOn, random: () => 0 })).toBe(true);
  return { id, basedOn };
}

const decision = (page: Page) => page.getByRole("region", { name: "Decision", exact: true });

test("an administrator switches them on, and says how often", ONE_WIDTH, async ({ makePerson, openAs }) => {
  const settings = await openAs(await makePerson("Ada Administrator", ["administrator"]), paths.settings());
  const card = settings.getByRole("region", { name: "Seeded requests" });
  await card.getByLabel("One in so many held actions").fill("9");
  await card.getByRole("button", { name: /^(?:Turn on|Change)$/ }).click();
  await expect(card.getByText("A whole number from 10 to 1,000.")).toBeVisible();
  await card.getByLabel("One in so many held actions").fill("1000");
  await card.getByRole("button", { name: /^(?:Turn on|Change)$/ }).click();
  await expect(card).toContainText("On: about one in 1,000 held actions.");
  await expectGoodPage(settings);
});

test("it looks like any other until it is decided", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id, basedOn } = await seed(agent, key);
  const page = await openAs(agent.team.author, paths.action(id));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("refund_create of 4,800.00 EUR: order o-5");
  await expect(page.getByText("40 × the usual amount")).toBeVisible();
  for (const address of [paths.action(id), `/api/console/actions/${id}`, "/api/console/inbox?tab=actions", paths.actions({ agent: agent.id, state: "held" }), paths.inbox({ tab: "actions" })]) {
    const response = await page.request.get(address);
    expect([address, response.status()]).toEqual([address, 200]);
    expect(await response.text(), address).not.toMatch(/seed|40 times/i);
  }
  const links = async (action: string) => {
    await openPage(page, paths.action(action));
    return page.getByRole("main").getByRole("link").allTextContents();
  };
  expect(await links(id)).toEqual(await links(basedOn));
  expect((await ask(key, `/v1/actions/${id}`)).status).toBe(404);
});

test("approved, the page says at once what it was and what gave it away", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await seed(agent, key);
  const page = await openAs(agent.team.author, paths.action(id));
  await page.getByRole("region", { name: "Decide", exact: true }).getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ }).click();
  await expect(decision(page)).toContainText("This was a test by Holdpoint. It ought to have been refused.");
  await expect(decision(page)).toContainText("refund_create of 4,800.00 EUR");
  await expect(decision(page)).toContainText("What gave it away: The amount is 40 times the largest of this agent's last 5 calls of refund_create.");
  await expect(decision(page)).toContainText("Nothing was carried out.");
  await expect(decision(page)).toContainText("by Tomás Vega");
  await expectGoodPage(page);
  await page.goto(paths.actions({ agent: agent.id, state: "all" }));
  await expect(page.getByRole("row").filter({ hasText: "4,800.00 EUR" })).toContainText("Seeded");
  await expect.poll(async () => (await prisma().seededRequest.findUniqueOrThrow({ where: { actionId: id } })).outcome).toBe("approved");
  await page.goto(paths.actionQuality({ agent: agent.id }));
  await expect(page.getByText("Of 1 seeded request that ought to be refused: 1 approved.")).toBeVisible();
});

test("rejected, the page says that it was right; whoever decides cannot switch it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await seed(agent, key);
  const page = await openAs(agent.team.author, paths.action(id));
  await page.getByRole("button", { name: "Reject with reason" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Far beyond the order.");
  await page.getByRole("dialog").getByRole("button", { name: "Reject this action" }).click();
  await expect(decision(page)).toContainText("This was a test by Holdpoint, and it was rightly refused.");
  await page.goto(paths.settings());
  await expect(page.getByText("Only an administrator may have requests made that ought to be refused.")).toBeVisible();
});

test("a rule that was never refused is turned into a draft without it, with its reason, and proposed for review", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent } = await makeAsking(makeAgent);
  for (let asked = 0; asked < 12; asked++) {
    const actionId = await storeAction(agent.id, { policies: ["limit-1"], state: "committed" });
    await prisma().actionReview.create({ data: { id: newId("ax"), actionId, personId: agent.team.author.id, personName: agent.team.author.name, verdict: "approve", inputDigest: "sha256:x", epoch: 1n, at: new Date() } });
  }
  const page = await openAs(agent.team.technical_owner, paths.actionQuality({ agent: agent.id }));
  await page.getByRole("link", { name: "Turn limit-1 into policy" }).click();
  await expect(page.getByRole("main").getByText("This draft is the policy without limit-1.")).toBeVisible();
  await expect(page.getByRole("main").getByLabel("Cedar", { exact: true })).toHaveValue(POLICY.slice(0, POLICY.indexOf("\n@id(\"limit-1\")")));
  await expect(page.getByRole("main").getByLabel("Why it should change")).toHaveValue("Asked 12 times in 90 days, never refused.");
  await expect(page.getByRole("region", { name: "On recorded calls" })).toContainText("there are no recorded calls");
  await expectGoodPage(page);
  await page.getByRole("button", { name: "Propose this policy" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
  expect((await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "open" } })).reason).toBe("Asked 12 times in 90 days, never refused.");

  await page.goto(paths.agentPolicy(agent.id, { without: "gone" }));
  await expect(page.getByRole("main").getByText("The policy has no rule gone.")).toBeVisible();
  await expect(page.getByRole("main").getByLabel("Cedar", { exact: true })).toHaveValue(POLICY);
  await page.goto(paths.agentPolicy(agent.id, { without: "allow-1" }));
  await expect(page.getByRole("main").getByText("The rule allow-1 asks nobody.")).toBeVisible();
});
