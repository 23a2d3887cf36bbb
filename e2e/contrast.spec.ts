import type { Locator, Page } from "@playwright/test";
import { engageStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { coloursOf } from "./pixels.ts";
import { releaseAll, stopControl } from "./stop-control.ts";

const styleOf = (locator: Locator, property: string, pseudo?: string): Promise<string> =>
  locator.evaluate((element, [name, part]) => getComputedStyle(element, part ?? undefined).getPropertyValue(name ?? ""), [property, pseudo]);

/** A ring in a colour of its own round what has the focus. */
async function expectRing(control: Locator, atLeast: number): Promise<void> {
  await control.focus();
  // By a key, so that it is the ring that a keyboard shows.
  await control.page().keyboard.press("Shift");
  expect(await styleOf(control, "outline-style")).toBe("solid");
  expect(Number.parseFloat(await styleOf(control, "outline-width"))).toBeGreaterThanOrEqual(atLeast);
  expect(await styleOf(control, "outline-color")).not.toBe(await styleOf(control.page().locator("body"), "background-color"));
}

/** Nothing answers any more, so that all values are hatched. */
async function makeStale(page: Page): Promise<Locator> {
  await page.route("**/api/console/**", (route) => (route.request().url().includes("/stream") ? route.continue() : route.fulfill({ status: 503, contentType: "application/json", body: "{}" })));
  await page.clock.runFor(100_000);
  const stale = page.locator('main [data-stale="true"]').first();
  await expect(stale).toBeAttached();
  return stale;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`forced colours, ${colorScheme}: states, rings, bars and hatching are seen without a colour of ours`, ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
    const agent = await makeAgent();
    await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
    await engageStop(await agent.team.author.actor(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    try {
      await signInAs(agent.team.technical_owner);
      await page.emulateMedia({ forcedColors: "active", colorScheme });
      await page.clock.install();
      await page.goto(paths.agent(agent.id), { waitUntil: "networkidle" });
      await expectGoodPage(page);
      const banner = page.getByRole("region", { name: "Engaged stops" });
      expect(await coloursOf(banner)).toBeGreaterThan(1);
      expect(await styleOf(banner, "background-color")).not.toBe(await styleOf(page.locator("body"), "background-color"));
      for (const mark of await page.locator("main .st > svg, main .chip > svg").filter({ visible: true }).all()) expect(await coloursOf(mark)).toBeGreaterThan(1);
      for (const bar of await page.locator("main .level-bar").filter({ visible: true }).all()) expect(await coloursOf(bar)).toBeGreaterThan(1);
      await expectRing(stopControl(page), 2);
      await expectRing(page.getByRole("main").getByRole("link").filter({ visible: true }).first(), 2);
      expect(await styleOf(await makeStale(page), "background-image", "::after")).toContain("gradient");

      await page.unroute("**/api/console/**");
      await page.goto(paths.inbox(), { waitUntil: "networkidle" });
      await page.getByRole("button", { name: "Search" }).click();
      const chosen = page.getByRole("option", { selected: true });
      expect(await styleOf(chosen, "outline-style")).toBe("solid");
      expect(await styleOf(page.getByRole("option", { selected: false }).first(), "outline-style")).toBe("none");
      await expectGoodPage(page);
    } finally {
      await releaseAll(agent);
    }
  });
}

test("with more contrast lines are as strong as the edges of fields, and the ring is wider", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  await signInAs(agent.team.technical_owner);
  await page.emulateMedia({ contrast: "more" });
  await openPage(page, paths.agent(agent.id));
  const token = (name: string) => page.locator("html").evaluate((root, variable) => getComputedStyle(root).getPropertyValue(variable), name);
  expect(await token("--line")).toBe(await token("--line-strong"));
  await expectRing(page.getByRole("main").getByRole("link").filter({ visible: true }).first(), 3);
  await expectGoodPage(page);
});
