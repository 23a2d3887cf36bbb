// Beside the list of what waits: what the item with the focus is about, without leaving the list.

import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { expect, expectGoodInBothSchemes, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

/** Of the agent's current version, for its owners. */
async function asks(agent: TestAgent, more: Parameters<typeof storeAction>[1]): Promise<string> {
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  return storeAction(agent.id, { versionId, ...more });
}

test("what has the focus is read beside the list, and the address keeps it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  await asks(agent, { justification: "The parcel was lost.", preparedAt: new Date(Date.now() - 120_000), expiresAt: new Date(Date.now() + 60_000 * 5) });
  const second = await asks(agent, { input: { order: "7001", amount: 80 }, justification: "It came twice.", expiresAt: new Date(Date.now() + 60_000 * 50) });
  const { change } = await agent.register(manifestOf({ label: "1.1", tools: [...(manifestOf().tools ?? []), { name: "payout_send", effect: "irreversible", inputSchema: {} }] }));
  const page = await openAs(agent.team.technical_owner, paths.inbox({ tab: "mine" }));
  const peek = page.getByRole("region", { name: "Beside the list" });
  const rowOf = (key: string) => page.locator(`[data-item="${key}"]`);
  await expect(peek).toBeVisible();
  const first = await page.locator("[data-item]").first().getAttribute("data-item");
  await expect(rowOf(first ?? "")).toHaveClass(/is-shown/);

  await rowOf(second).getByRole("link").first().focus();
  await expect(peek).toContainText("It came twice.");
  await expect(peek.getByText("Cannot be taken back")).toBeVisible();
  await expect(peek.getByRole("button", { name: /Approve/ })).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`sel=${second}`));
  await expectGoodInBothSchemes(page);

  await rowOf(change?.id ?? "").getByRole("link").first().focus();
  await expect(peek).toContainText("payout_send");
  await expect(peek).toContainText("Obligations");
  await page.reload();
  await expect(peek).toContainText("payout_send");
  // Whoever goes on at once is not held up by what is shown meanwhile.
  await rowOf(second).getByRole("link").first().click();
  await expect(page).toHaveURL(paths.action(second));
  await page.goBack();
  await expect(page).toHaveURL(/\/inbox\?/);
  await rowOf(change?.id ?? "").getByRole("link").first().focus();
  await expect(peek).toContainText("payout_send");
  await peek.getByRole("heading", { level: 2 }).first().getByRole("link").click();
  await expect(page).toHaveURL(paths.change(change?.id ?? ""));
});

test("the first comes with the page; what cannot be read says so, and is asked for again", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const first = await asks(agent, { justification: "It came twice.", expiresAt: new Date(Date.now() + 60_000 * 5) });
  const id = await asks(agent, { justification: "The parcel was lost.", expiresAt: new Date(Date.now() + 60_000 * 50) });
  const page = await openAs(agent.team.technical_owner, paths.now());
  const sent = await page.request.get(paths.inbox({ tab: "mine" }));
  expect(await sent.text()).toContain("It came twice.");
  let isOut = true;
  await page.route("**/api/console/items/*/preview", (route) => (isOut ? route.fulfill({ status: 503, body: "{}" }) : route.continue()));
  await page.goto(paths.inbox({ tab: "mine", sel: first }));
  const peek = page.getByRole("region", { name: "Beside the list" });
  await expect(peek).toContainText("It came twice.");
  await page.locator(`[data-item="${id}"]`).getByRole("link").first().focus();
  await expect(peek.getByText("It could not be read.")).toBeVisible();
  isOut = false;
  await peek.getByRole("button", { name: "Try again" }).click();
  await expect(peek).toContainText("The parcel was lost.");
});

test("where there is no room nothing is asked for, and nothing of it stays", async ({ makeAgent, openAs, isMobile }) => {
  test.skip(!isMobile, "a wide window has room");
  const agent = await makeAgent();
  await asks(agent, {});
  const page = await openAs(agent.team.technical_owner, paths.now());
  const asked: string[] = [];
  page.on("request", (request) => { if (/items\/.*\/preview/.test(request.url())) asked.push(request.url()); });
  await openPage(page, paths.inbox({ tab: "mine" }));
  await page.clock.install();
  await page.locator("[data-item]").first().getByRole("link").first().focus();
  await page.clock.runFor(1_000);
  await expect(page.getByRole("region", { name: "Beside the list" })).toHaveCount(0);
  expect(asked).toEqual([]);
});
