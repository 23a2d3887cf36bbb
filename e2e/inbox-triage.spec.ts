// What a person notes on what waits: who has it, when to look again, what to know of it. By key in the row, by touch on its own page.

import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { takeItem } from "../lib/operations/take-item.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { expect, expectGoodPage, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

/** The soonest asked first, with hours to go. */
async function asking(makeAgent: () => Promise<TestAgent>, orders: readonly string[]): Promise<{ agent: TestAgent; ids: string[] }> {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const ids: string[] = [];
  for (const [index, order] of orders.entries()) {
    ids.push(await storeAction(agent.id, { versionId, input: { order, amount: 120 }, amountMinor: 12_000n, currency: "EUR", preparedAt: new Date(Date.now() - 60_000 + 1_000 * index), expiresAt: new Date(Date.now() + 3 * 3_600_000) }));
  }
  return { agent, ids };
}

const rowsOf = (page: Page) => page.getByRole("list", { name: "Waiting" }).locator("> li");
const linksOf = (page: Page) => page.getByRole("list", { name: "Waiting" }).getByRole("link");
const told = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text });

test("m takes what has the focus and gives it back; everybody sees who has it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await asking(makeAgent, ["1", "2"]);
  const { technical_owner: owner, business_owner: other } = agent.team;
  const page = await openAs(owner, paths.inbox({ tab: "mine" }));
  const others = await openAs(other, paths.inbox({ tab: "mine" }));
  await linksOf(page).nth(1).focus();
  await page.keyboard.press("m");
  await expect(rowsOf(page).nth(1)).toContainText("You have it, since");
  await expect(told(page, "You have it.")).toBeAttached();
  await expect(linksOf(page).nth(1)).toBeFocused();
  await expect(rowsOf(page).first()).not.toContainText("has it");
  await expect(rowsOf(others).nth(1)).toContainText(`${owner.name} has it, since`);

  await openPage(others, paths.action(ids[1] ?? ""));
  await expect(others.getByRole("region", { name: "Notes" })).toContainText(`${owner.name} has it`);
  await others.keyboard.press("m");
  await expect(told(others, `You have it. ${owner.name} had it.`)).toBeAttached();
  await expect(rowsOf(page).nth(1)).toContainText(`${other.name} has it`);

  await others.keyboard.press("m");
  await expect(rowsOf(page).nth(1)).not.toContainText("has it");
});

test("what cannot be stored is taken back and says why", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids: [item = ""] } = await asking(makeAgent, ["1"]);
  const { technical_owner: owner, business_owner: other } = agent.team;
  const page = await openAs(owner, paths.settingsMe());
  // The page of the list hears nothing of it, from its first moment.
  await page.route("**/api/console/**", (route) => route.abort());
  await openPage(page, paths.inbox({ tab: "mine" }));
  await takeItem(await other.actor(), { item });
  await linksOf(page).first().focus();
  await page.keyboard.press("m");
  await expect(page.getByRole("alert").filter({ hasText: `${other.name} took it meanwhile` })).toBeVisible();
  await expect(rowsOf(page).first()).not.toContainText("You have it");
  await page.unroute("**/api/console/**");

  await page.keyboard.press("c");
  await page.getByLabel("Comment", { exact: true }).fill("The desk knows of it.");
  await page.route("**/inbox**", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The console does not answer." })).toBeVisible();
  await expect(page.getByLabel("Comment", { exact: true })).toHaveValue("The desk knows of it.");
});

test("h puts it off and u brings it back; the list says how many are snoozed and shows them", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await asking(makeAgent, ["1", "2"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await linksOf(page).first().focus();
  await page.keyboard.press("h");
  await expect(page.getByRole("button", { name: "15 min" })).toBeFocused();
  await expectGoodPage(page);
  await page.keyboard.press("Escape");
  await expect(linksOf(page).first()).toBeFocused();
  await page.keyboard.press("h");
  await expect(page.getByRole("button", { name: "15 min" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(told(page, /^Snoozed until .* UTC\. 1 left\.$/)).toBeAttached();
  await expect(linksOf(page).nth(1)).toBeFocused();
  await expect(page.getByText(/1 snoozed, next back/)).toBeVisible();
  expect(await prisma().itemSnooze.count({ where: { item: ids[0] ?? "" } })).toBe(1);
  await page.keyboard.press("u");
  await expect(told(page, "It is back.")).toBeAttached();
  await expect(linksOf(page).first()).toBeFocused();
  await expect(page.getByText(/snoozed, next back/)).toHaveCount(0);

  await page.keyboard.press("h");
  await expect(page.getByRole("button", { name: "15 min" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Show what is snoozed" }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(rowsOf(page).first()).toContainText("snoozed until");
  await linksOf(page).first().focus();
  await page.keyboard.press("h");
  await expect(told(page, /^It is back\./)).toBeAttached();
  expect(await prisma().itemSnooze.count({ where: { item: ids[0] ?? "" } })).toBe(0);
});

test("what is critical says that it cannot be snoozed", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  await prisma().finding.create({
    data: { id: `fi_${agent.id.slice(-8)}`, agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "The prompt differs.", openedAt: new Date(), lastSeenAt: new Date(), evidence: { versionLabel: "1.0", differences: [] } },
  });
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await linksOf(page).first().focus();
  await page.keyboard.press("h");
  await expect(page.getByText("It is critical, so it cannot be snoozed.")).toBeVisible();
});

test("c says something of it, which the row counts and its page tells", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await asking(makeAgent, ["1"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await linksOf(page).first().focus();
  await page.keyboard.press("c");
  await expect(page.getByLabel("Comment", { exact: true })).toBeFocused();
  await page.keyboard.type("I asked the desk. <b>Wait</b>");
  await expectGoodPage(page);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(rowsOf(page).first()).toContainText("1 comment");
  await expect(linksOf(page).first()).toBeFocused();
  await openPage(page, paths.action(ids[0] ?? ""));
  await expect(page.getByRole("region", { name: "Who said what" })).toContainText("Priya Nair commented");
  await expect(page.getByRole("region", { name: "Who said what" })).toContainText("I asked the desk. <b>Wait</b>");
});

test("on its own page a finger takes it, puts it off and comments", async ({ isMobile, makeAgent, openAs }) => {
  const { agent, ids: [item = ""] } = await asking(makeAgent, ["1"]);
  const page = await openAs(agent.team.technical_owner, paths.action(item));
  const press = async (name: string) => {
    const button = page.getByRole("button", { name, exact: true });
    await (isMobile ? button.tap() : button.click());
  };
  await press("Take it");
  await expect(page.getByRole("region", { name: "Notes" })).toContainText("You have it, since");
  await press("Snooze…");
  await press("1 hour");
  await expect(page.getByRole("region", { name: "Notes" })).toContainText("You snoozed it until");
  await press("Comment…");
  await page.getByLabel("Comment", { exact: true }).fill("I asked the desk.");
  await expectGoodPage(page);
  await press("Comment");
  await expect(page.getByRole("region", { name: "Who said what" })).toContainText("I asked the desk.");
  await press("Wake it");
  await expect(page.getByRole("region", { name: "Notes" })).not.toContainText("You snoozed it");
});

test("who may only look sees who has it, and why it cannot be taken", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const { agent, ids: [item = ""] } = await asking(makeAgent, ["1"]);
  await takeItem(await agent.team.technical_owner.actor(), { item });
  const page = await openAs(await makePerson("Vera Viewer"), paths.action(item));
  const notes = page.getByRole("region", { name: "Notes" });
  await expect(notes).toContainText("Priya Nair has it, since");
  await expect(notes).toContainText("may take, snooze or comment on what waits.");
  await expectGoodPage(page);
});
