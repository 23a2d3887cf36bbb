import type { Page } from "@playwright/test";
import { NAV_ENTRIES } from "../components/layout/navigation.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodInBothSchemes, expectGoodPage, test } from "./fixtures.ts";
import { sharedHouse, type House } from "./make-house.ts";
import { linkTo } from "./open-page.ts";

interface Press {
  to: string;
  /** Where its link is, when not on the page before. */
  from?: string;
}

/** From one page to the next, to each that has an outline. */
const aroundTheHouse = ({ agent, runId, rolloutId }: House, isMobile: boolean): Press[] => [
  { from: paths.now(), to: paths.inbox() },
  { to: paths.agents() },
  { to: paths.now() },
  { from: paths.agents({ q: agent.id }), to: paths.agent(agent.id) },
  // On a phone the others are one press further away, and their outlines are made of the same parts.
  ...(isMobile ? [] : [
    ...NAV_ENTRIES.map(({ href }) => href).filter((href) => ![paths.now(), paths.inbox(), paths.agents()].includes(href)).map((to) => ({ to })),
    { from: paths.settings(), to: paths.settingsReviewPolicy() },
    { from: paths.inbox({ tab: "actions" }), to: paths.actions() },
    { from: paths.rollouts({ agent: agent.id }), to: paths.rollout(rolloutId) },
    { from: paths.runs({ agent: agent.id }), to: paths.run(runId) },
  ]),
];

/** The page's own answer is held back until what is returned is called; what was fetched ahead, its outline among it, came before. */
async function holdAnswer(page: Page, to: string): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route((url) => url.pathname === to && url.searchParams.has("_rsc"), async (route) => {
    const headers = route.request().headers();
    if (!("next-router-prefetch" in headers || "next-router-segment-prefetch" in headers)) await released;
    await route.continue();
  });
  return release;
}

test("loading: a press is answered at once by the outline of what comes, on every page that has one", async ({ page, signInAs, isMobile }) => {
  test.setTimeout(120_000);
  const house = await sharedHouse();
  await signInAs(house.administrator);
  const outline = page.getByRole("status").filter({ hasText: "The page is loading" });
  for (const [index, { from, to }] of aroundTheHouse(house, isMobile).entries()) {
    await test.step(to, async () => {
      // Until the outlines that are fetched ahead have come.
      if (from !== undefined) await page.goto(from, { waitUntil: "networkidle" });
      const release = await holdAnswer(page, to);
      await linkTo(page, to).click();
      await expect(outline, to).toBeAttached();
      // The same parts have the same colours.
      await (index === 0 ? expectGoodInBothSchemes : expectGoodPage)(page);
      release();
      await expect(outline, to).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Loading");
      await expect(page, to).toHaveTitle(/^(?!Loading)./);
    });
  }
});
