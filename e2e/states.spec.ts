import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test, type TestAgent } from "./fixtures.ts";

/** The central pages, each with what of it is asked for again while it is open. */
const PAGES: Readonly<Record<string, { at: (agent: TestAgent) => string; asks: string }>> = {
  now: { at: () => paths.now(), asks: "/api/console/now" },
  "the agents behind a counter": { at: () => paths.nowNeeds(), asks: "/api/console/now/needs" },
  inbox: { at: () => paths.inbox(), asks: "/api/console/inbox" },
  agents: { at: () => paths.agents(), asks: "/api/console/shell" },
  "one agent": { at: ({ id }) => paths.agent(id), asks: "/api/console/agents/" },
};

const SCHEMES = ["light", "dark"] as const;
/** Both colour schemes are one page: only its colours differ. */
async function expectGoodInBothSchemes(page: Page): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await expectGoodPage(page);
  }
}

const stopControl = (page: Page) => page.locator("[data-stop-control]").filter({ visible: true });
const stale = (page: Page) => page.locator('[data-stale="true"]').filter({ visible: true });
const liveState = (page: Page) => page.getByRole("banner").getByRole("button", { name: /updates$/ });

for (const [name, { at, asks }] of Object.entries(PAGES)) {
  test(`stale, ${name}: an answer that fails hatches the values with their age, and Stop stays`, async ({ page, makeAgent, makePerson, signInAs }) => {
    test.skip(name === "agents", "a list of the server's own; its frame is checked with the others");
    const agent = await makeAgent();
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.clock.install();
    await page.goto(at(agent));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(stale(page)).toHaveCount(0);
    // The house is heard, but its database does not answer: only the data is old, not the connection.
    await page.route("**/api/console/**", async (route) => {
      if (route.request().url().includes("/api/console/stream")) await route.continue();
      else await route.fulfill({ status: 503, contentType: "application/json", body: '{"error":"The database cannot be reached."}' });
    });
    await page.clock.runFor(100_000);
    await expect(stale(page).first()).toBeVisible();
    await expect(page.getByText(/as of \d\d:\d\d:\d\d UTC, \d+ (s|min) old/).first()).toBeAttached();
    await expect(page.getByText("Nothing needs you")).toHaveCount(0);
    await expect(stopControl(page)).toBeEnabled();
    await expectGoodInBothSchemes(page);
    await page.unroute("**/api/console/**");
    if (name === "one agent") return;
    const answered = page.waitForResponse((response) => response.url().includes(asks) && response.ok());
    await page.clock.runFor(40_000);
    await answered;
    await page.clock.runFor(2_000);
    await expect(stale(page)).toHaveCount(0);
  });

  test(`stale, ${name}: paused says so, and the values grow old`, async ({ page, makeAgent, makePerson, signInAs }) => {
    const agent = await makeAgent();
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.clock.install();
    await page.goto(at(agent), { waitUntil: "networkidle" });
    await liveState(page).click();
    await expect(liveState(page)).toContainText("Paused");
    await page.clock.runFor(30_000);
    await expect(page.locator('[data-stale="true"]').first()).toBeAttached();
    await expectGoodInBothSchemes(page);
  });

  test(`loading, ${name}: what is to come is said while the server thinks`, async ({ page, makeAgent, makePerson, signInAs }) => {
    const agent = await makeAgent();
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.goto(paths.log(), { waitUntil: "networkidle" });
    const target = at(agent);
    const held: (() => void)[] = [];
    // Only the page's own answer is held back; what was fetched ahead for its link draws the skeleton.
    await page.route((url) => url.pathname === target && url.searchParams.has("_rsc"), async (route) => {
      if (!("next-router-prefetch" in route.request().headers())) await new Promise<void>((resolve) => held.push(resolve));
      await route.continue().catch(() => undefined);
    });
    await page.evaluate((href) => {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = "there";
      document.querySelector("main")?.append(link);
    }, target);
    await page.evaluate((href) => (window as unknown as { next: { router: { push: (to: string) => void } } }).next.router.push(href), target);
    await expect(page.locator("main [aria-busy='true']")).toBeVisible();
    await expectGoodInBothSchemes(page);
    for (const release of held) release();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("main [aria-busy='true']")).toHaveCount(0);
  });
}
