// What a person does in the inbox itself: how many presses a yes takes, and where the focus is after it.

import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { inputDigest } from "../lib/domain/input-digest.ts";
import { paths } from "../lib/paths.ts";
import { countInteractions } from "./count-interactions.ts";
import { expect, expectGoodPage, test, type TestAgent } from "./fixtures.ts";
import { rejectAction } from "../lib/operations/reject-action.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

/** An agent at tier 1 that asks for so many refunds, the soonest over first. */
async function askingAtTier1(makeAgent: () => Promise<TestAgent>, orders: readonly string[], more: Parameters<typeof storeAction>[1] = {}): Promise<{ agent: TestAgent; ids: string[] }> {
  const agent = await makeAgent();
  const { currentVersionId: versionId } = await prisma().agent.update({ where: { id: agent.id }, data: { tier: 1 } });
  const ids: string[] = [];
  for (const [index, order] of orders.entries()) {
    const preparedAt = new Date(Date.now() - 60_000 + 1_000 * index);
    ids.push(await storeAction(agent.id, { versionId, input: { order, amount: 120 }, amountMinor: 12_000n, currency: "EUR", justification: "The parcel was lost.", preparedAt, ...more }));
  }
  return { agent, ids };
}

const rowsOf = (page: Page) => page.getByRole("list", { name: "Waiting" }).locator("> li");
const linksOf = (page: Page) => page.getByRole("list", { name: "Waiting" }).getByRole("link");
const stateOf = async (id: string | undefined) => (await prisma().action.findUniqueOrThrow({ where: { id: id ?? "" } })).state;

test("two keys approve the first that waits, and the focus is on the next", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1", "2"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await expect(rowsOf(page)).toHaveCount(2);
  const presses = await countInteractions(page);
  await page.keyboard.press("a");
  const button = rowsOf(page).first().getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ });
  await expect(button).toBeFocused();
  await expect(button).toHaveAccessibleDescription("refund_create of 120.00 EUR: order 1");
  await expect(rowsOf(page).first()).toContainText("The parcel was lost.");
  expect(await stateOf(ids[0])).toBe("held");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Approved. 1 left." })).toBeAttached();
  expect(await presses()).toBe(2);
  await expect(linksOf(page).nth(1)).toBeFocused();
  await expect(rowsOf(page).first()).toContainText("Approved");
  expect([await stateOf(ids[0]), await stateOf(ids[1])]).toEqual(["approved", "held"]);
  await expectGoodPage(page);

  await page.keyboard.press("u");
  await expect(page.getByRole("status").filter({ hasText: "Taken back. It waits again." })).toBeAttached();
  expect(await stateOf(ids[0])).toBe("held");
  await expect(linksOf(page).first()).toBeFocused();
});

test("by mouse two presses approve it as well, and what is open can be left", async ({ isMobile, makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  if (!isMobile) {
    await rowsOf(page).first().getByRole("button", { name: "Approve…" }).click();
    await expectGoodPage(page);
    await page.keyboard.press("Escape");
    await expect(linksOf(page).first()).toBeFocused();
  }
  const presses = await countInteractions(page);
  if (isMobile) await linksOf(page).first().click();
  else await rowsOf(page).first().getByRole("button", { name: "Approve…" }).click();
  await page.getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "Approved. Nothing else waits for you." })).toBeAttached();
  expect(await presses()).toBe(2);
  expect(await stateOf(ids[0])).toBe("approved");
});

test("what has to be read first is opened by the key, with its button named; what happens twice is refused in the list", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1"], { effect: "irreversible" });
  const owner = agent.team.technical_owner;
  const page = await openAs(owner, paths.inbox({ tab: "mine" }));
  await page.keyboard.press("a");
  await expect(page).toHaveURL(paths.action(ids[0] ?? ""));
  await expect(page.getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ })).toBeFocused();
  expect(await stateOf(ids[0])).toBe("held");

  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  await prisma().action.update({ where: { id: ids[0] ?? "" }, data: { state: "expired" } });
  const input = { order: "77", amount: 120 };
  await storeAction(agent.id, { versionId, input, state: "committed", preparedAt: new Date(Date.now() - 3_600_000), endedAt: new Date() });
  const again = await storeAction(agent.id, { versionId, input });
  await openPage(page, paths.inbox({ tab: "mine" }));
  await page.keyboard.press("a");
  await expect(rowsOf(page).getByRole("button", { name: /^Approve [0-9a-f]{4}/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "Done already with exactly these arguments" })).toBeVisible();
  expect(await stateOf(again)).toBe("held");
});

test("never by a key that is still down, and never other arguments than those that were open", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1", "2"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await linksOf(page).nth(1).focus();
  await page.keyboard.press("a");
  await expect(rowsOf(page).nth(1).getByRole("button", { name: /^Approve [0-9a-f]{4}/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("k");
  await page.keyboard.press("a");
  const button = rowsOf(page).first().getByRole("button", { name: /^Approve [0-9a-f]{4}/ });
  await expect(button).toBeFocused();
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Approved. 1 left." })).toBeAttached();
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(linksOf(page).nth(1)).toBeFocused();
  await expect(page).toHaveURL(/\/inbox/);
  expect(await stateOf(ids[1])).toBe("held");

  await page.keyboard.press("a");
  await expect(rowsOf(page).nth(1).getByRole("button", { name: /^Approve [0-9a-f]{4}/ })).toBeFocused();
  const other = { order: "2", amount: 140 };
  await prisma().action.update({ where: { id: ids[1] ?? "" }, data: { input: other, inputDigest: inputDigest(other) } });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "The arguments are others by now." })).toBeVisible();
  expect(await stateOf(ids[1])).toBe("held");
});

test("what is selected by keys is approved together by the rules of every batch, and only then", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1", "2"]);
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const large = await storeAction(agent.id, { versionId, input: { order: "3", amount: 900 }, amountMinor: 90_000n, currency: "EUR" });
  const other = await storeAction(agent.id, { versionId, tool: "letter_send", input: { to: "4" }, preparedAt: new Date() });
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await expect(rowsOf(page)).toHaveCount(4);
  const bar = page.getByRole("status").filter({ hasText: "selected" });
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(bar).toHaveText("1 selected. Select another one that is alike.");
  await expect(linksOf(page).first()).toBeFocused();
  await page.keyboard.press("x");
  await expect(bar).toHaveCount(0);
  for (const _ of ["2", "3", "4"]) await page.keyboard.press("Shift+J");
  await expect(bar).toContainText("4 selected. Together only what is alike is approved");
  await expect(page.getByRole("button", { name: /together$/ })).toHaveCount(0);
  await page.keyboard.press("x");
  await expect(bar).toContainText(/3 selected: 240.00 EUR in total, largest 120.00 EUR, 1 left out/);
  await expectGoodPage(page);

  await page.keyboard.press("a");
  await expect(page.getByRole("button", { name: "Approve 2 together" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 is left out");
  await expectGoodPage(page);
  await dialog.getByRole("button", { name: "Approve 2, 240.00 EUR" }).click();
  await expect(page.getByRole("status").filter({ hasText: "2 approved. 2 left." })).toBeVisible();
  await expect(page.locator("[data-item]:not(.is-gone) a.stretch:focus")).toHaveCount(1);
  expect(await Promise.all([...ids, large, other].map(stateOf))).toEqual(["approved", "approved", "held", "held"]);
});

test("what Holdpoint itself asked looks like any other row, and says what it was as soon as it is approved", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids: [id = ""] } = await askingAtTier1(makeAgent, ["1"], { isSeeded: true });
  await prisma().seededRequest.create({ data: { actionId: id, salt: "0".repeat(64), committedAt: new Date(), dueAfter: 1_000_000, countedUntil: new Date(), faultyPath: [] } });
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  expect(await (await page.request.get("/api/console/inbox?tab=mine")).text()).not.toMatch(/seed/i);
  await page.keyboard.press("a");
  await expect(rowsOf(page).getByRole("button", { name: /^Approve [0-9a-f]{4}/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "This was a test by Holdpoint. It ought to have been refused" })).toBeAttached();
  await expect(rowsOf(page).first()).toContainText("This was a test by Holdpoint");
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
  expect(await stateOf(id)).toBe("withdrawn");
});

test("a list that was on its way as a yes was said does not take it back", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, ids } = await askingAtTier1(makeAgent, ["1", "2"]);
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  await page.keyboard.press("a");
  await expect(rowsOf(page).first().getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ })).toBeFocused();
  const held: (() => void)[] = [];
  let isFirst = true;
  // Read before the yes, it arrives after it.
  await page.route((url) => url.pathname === "/api/console/inbox", async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    const answer = await route.fetch();
    await new Promise<void>((resolve) => held.push(resolve));
    await route.fulfill({ response: answer }).catch(() => undefined);
  });
  await expect.poll(() => held.length).toBe(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Approved. 1 left." })).toBeAttached();
  held[0]?.();
  await expect(rowsOf(page).first()).toContainText("Approved");
  await expect(rowsOf(page).first()).not.toContainText(/No longer open|Still open/);
  await rejectAction(await agent.team.business_owner.actor(), { actionId: ids[1] ?? "", inputDigest: inputDigest({ order: "2", amount: 120 }), reason: "Twice." });
  await expect(rowsOf(page).nth(1)).toContainText(`Rejected by ${agent.team.business_owner.name}`);
  await expect(rowsOf(page)).toHaveCount(2);
});
