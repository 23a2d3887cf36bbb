import type { Page } from "@playwright/test";
import { NAV_ENTRIES } from "../components/layout/navigation.ts";
import { paths } from "../lib/paths.ts";
import { expect, test } from "./api/own-house.ts";
import { expectGoodInBothSchemes } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { linkTo, openPage } from "./open-page.ts";

const DETAILS = [
  paths.agent("payments"), paths.agentAuthority("payments"), paths.agentMetrics("payments"), paths.change("ch_1"), paths.rollout("ro_1"), paths.action("ac_1"), paths.finding("fi_1"), paths.run("ru_1"), paths.stopOf("st_1"), paths.actions(), paths.undos(), paths.settingsMe(), paths.settingsPeople(), paths.settingsReviewPolicy(),
];

/** As the page says it; the router reads it aloud as well where no title came. */
const isUnread = (page: Page) => page.getByRole("main").getByText(/could not (?:be loaded|show this page)/);

/** Where pages say the same words in the same place, one of them is looked at. */
function onceEach(page: Page): () => Promise<void> {
  const looked = new Set<string>();
  return async () => {
    await expect(isUnread(page)).toBeVisible();
    const words = (await page.getByRole("main").innerText()).replace(/Reference \S+/, "");
    if (looked.has(words)) return;
    looked.add(words);
    await expectGoodInBothSchemes(page);
  };
}

async function comesBack(page: Page, restart: () => Promise<void>): Promise<void> {
  await restart();
  await expect(async () => {
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(isUnread(page)).toHaveCount(0);
  }).toPass({ intervals: [100] });
}

test("error: without the database each page says that it cannot be loaded, inside its frame and from the address", ONE_WIDTH, async ({ ownDatabase, start, makeAgent, makePerson, signInAs, page }) => {
  test.setTimeout(180_000);
  const server = await start({ DATABASE_URL: ownDatabase.url });
  const agent = await makeAgent({ isBare: true });
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  const look = onceEach(page);

  await openPage(page, server.url + paths.agents());
  const pressed = [paths.agent(agent.id), ...NAV_ENTRIES.map(({ href }) => href)];
  await expect(linkTo(page, paths.agent(agent.id))).toBeVisible();
  await test.step("what moved last before the database went has nothing read again in vain", async () => {
    const second = await makeAgent({ isBare: true });
    await expect(linkTo(page, paths.agent(second.id))).toBeVisible();
    await makeAgent({ isBare: true });
    await ownDatabase.stop();
    let refused = 0;
    page.on("response", (response) => {
      if (response.url().endsWith("/api/console/shell") && response.status() >= 500) refused++;
    });
    // Those of the frame itself are fewer until the list is due.
    await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThan(6);
    await expect(linkTo(page, paths.agent(second.id))).toBeVisible();
  });
  for (const href of pressed) {
    await test.step(`by a press: ${href}`, async () => {
      await linkTo(page, href).click();
      await expect(page).toHaveURL((url) => url.pathname.startsWith(href));
      await look();
    });
  }
  await comesBack(page, ownDatabase.restart);

  await ownDatabase.stop();
  for (const path of [...NAV_ENTRIES.map(({ href }) => href), ...DETAILS]) {
    await test.step(`from the address: ${path}`, async () => {
      await page.goto(server.url + path);
      await look();
    });
  }
  await comesBack(page, ownDatabase.restart);
});
