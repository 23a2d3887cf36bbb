import type { Page, Request } from "@playwright/test";
import { NAV_ENTRIES } from "../components/layout/navigation.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodInBothSchemes, expectGoodPage, test } from "./fixtures.ts";
import { sharedHouse, type House } from "./make-house.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { linkTo, openPage } from "./open-page.ts";

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

const isFetchedAhead = (request: Request): boolean => ["next-router-prefetch", "next-router-segment-prefetch"].some((name) => name in request.headers());

/** The page's own answer is held back until what is returned is called; what is fetched ahead is not. */
async function holdAnswer(page: Page, to: string): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route((url) => url.pathname === to && url.searchParams.has("_rsc"), async (route) => {
    if (!isFetchedAhead(route.request())) await released;
    await route.continue();
  });
  return release;
}

/** As a pointer does before its press: the outline is fetched. The router may end the request itself once it has what it wants. */
async function mean(page: Page, to: string): Promise<void> {
  const isOutline = (request: Request): boolean => new URL(request.url()).pathname === to && isFetchedAhead(request) && !("next-router-segment-prefetch" in request.headers());
  const outlineCame = Promise.race([page.waitForEvent("requestfinished", isOutline), page.waitForEvent("requestfailed", isOutline)]);
  await linkTo(page, to).hover();
  await outlineCame;
}

test("loading: a press is answered at once by the outline of what comes, on every page that has one", async ({ page, signInAs, isMobile }) => {
  test.setTimeout(120_000);
  const house = await sharedHouse();
  await signInAs(house.administrator);
  const outline = page.getByRole("status").filter({ hasText: "The page is loading" });
  for (const [index, { from, to }] of aroundTheHouse(house, isMobile).entries()) {
    await test.step(to, async () => {
      if (from !== undefined) await openPage(page, from);
      const release = await holdAnswer(page, to);
      await mean(page, to);
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

test("what the server streams is put into place as it comes: React's stream still asks when it last did, and finds that long ago", ONE_WIDTH, async ({ page, signInAs, makePerson }) => {
  await signInAs(await makePerson("Ana Ruiz"));
  const answer = await page.goto(paths.agents());
  expect(await answer?.text()).toMatch(/"number"!==typeof \$RT\?.*\$RV\.bind\(null,\$RB\)/);
  expect(await page.evaluate(() => [Reflect.get(window, "$RT"), Reflect.get(window, "$RB")])).toEqual([-10_000, []]);
});
