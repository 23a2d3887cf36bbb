import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodInBothSchemes, expectGoodPage, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { sharedHouse } from "./make-house.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

const PAGES: Readonly<Record<string, (agent: TestAgent) => string>> = { now: () => paths.now(), inbox: () => paths.inbox(), agents: () => paths.agents(), "one agent": ({ id }) => paths.agent(id) };

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const stopControl = (page: Page) => page.locator("[data-stop-control]").filter({ visible: true });
/** What the page itself shows, and not the frame around it. */
const stale = (page: Page) => page.locator('main [data-stale="true"]');
const liveState = (page: Page) => page.getByRole("banner").getByRole("button", { name: /updates$/ });

/** The stream goes on and says that the house lives; whatever is asked of the database is refused. */
const refuseData = (page: Page) =>
  page.route("**/api/console/**", async (route) => {
    if (route.request().url().includes("/api/console/stream")) await route.continue();
    else await route.fulfill({ status: 503, contentType: "application/json", body: '{"error":"The database cannot be reached."}' });
  });

for (const [name, at] of Object.entries(PAGES)) {
  test(`stale, ${name}: data that cannot be read again is hatched with its age, though the connection lives, and Stop stays`, async ({ page, makePerson, signInAs }) => {
    const { agent } = await sharedHouse();
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.clock.install();
    await page.goto(at(agent));
    await expect(heading(page)).not.toHaveText("Loading");
    // Time that passes before the page has begun to ask makes nothing old.
    await expect(liveState(page)).toContainText("Live");
    await expect(stale(page)).toHaveCount(0);
    await refuseData(page);
    await page.clock.runFor(100_000);
    await expect(stale(page).first()).toBeAttached();
    await expect(page.getByText(/as of \d\d:\d\d:\d\d UTC, \d+ (s|min) old/).first()).toBeAttached();
    await expect(page.getByText("Nothing needs you")).toHaveCount(0);
    await expect(stopControl(page)).toBeEnabled();
    await expectGoodInBothSchemes(page);
    await page.unroute("**/api/console/**");
    await page.clock.runFor(65_000);
    await expect(stale(page)).toHaveCount(0);
  });

  test(`paused, ${name}: it says so, and what is shown grows old`, ONE_WIDTH, async ({ page, makePerson, signInAs }) => {
    const { agent } = await sharedHouse();
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.clock.install();
    await page.goto(at(agent));
    await expect(liveState(page)).toContainText("Live");
    await liveState(page).click();
    await expect(liveState(page)).toContainText("Paused");
    await page.clock.runFor(30_000);
    await expect(stale(page).first()).toBeAttached();
    await expectGoodInBothSchemes(page);
  });
}

/** Somebody stays in a row until the list is due, and has it read again by the key. */
async function expectHeldRowsOffered(page: Page): Promise<void> {
  await page.locator("main tr").last().hover();
  const pill = page.getByRole("status").getByRole("button", { name: "Read again" });
  await expect(async () => {
    await page.clock.runFor(61_000);
    await expect(pill).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  const read = page.waitForRequest((request) => new URL(request.url()).searchParams.has("_rsc") && request.headers()["next-router-prefetch"] === undefined);
  await page.keyboard.press(".");
  await read;
  await page.mouse.move(5, 5);
  await expect(pill).toHaveCount(0);
}

test("stale, every list and the head of every tab of an agent: what cannot be read again is hatched with its age, and no stop is ever said to be missing", ONE_WIDTH, async ({ page, makePerson, signInAs }) => {
  test.setTimeout(120_000);
  const { agent } = await sharedHouse();
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  await page.clock.install();
  for (const path of [paths.agentCard(agent.id), paths.changes(), paths.rollouts({ state: "all" }), paths.actions({ state: "all" }), paths.undos(), paths.runs(), paths.risk(), paths.stops(), paths.log()]) {
    await test.step(path, async () => {
      await page.goto(path);
      await expect(liveState(page)).toContainText("Live");
      await expect(stale(page)).toHaveCount(0);
      if (path === paths.changes()) await expectHeldRowsOffered(page);
      await refuseData(page);
      // Asking again begins when React has taken the page over, which cannot be seen under this clock.
      await expect(async () => {
        await page.clock.runFor(60_000);
        await expect(stale(page).first()).toBeAttached({ timeout: 3_000 });
      }).toPass({ timeout: 30_000 });
      if (path === paths.stops()) await expect(heading(page)).toHaveText("Cannot confirm what is stopped");
      await expect(stopControl(page)).toBeEnabled();
      await expectGoodPage(page);
      await page.unroute("**/api/console/**");
    });
  }
});

test("what is known of stops is called old before anything else is, and as soon as the page no longer calls itself live", ONE_WIDTH, async ({ page, makeAgent, makePerson, signInAs }) => {
  await makeAgent();
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  await page.clock.install();
  // Neither an answer nor an error.
  await page.route("**/api/console/**", () => undefined);
  await page.goto(paths.stops());
  await expect(liveState(page)).toContainText("Live");
  await expect(stale(page)).toHaveCount(0);
  await expect(async () => {
    await page.clock.runFor(500);
    expect(await heading(page).textContent()).toBe("Cannot confirm what is stopped");
  }).toPass({ intervals: [10] });
  await expect(liveState(page)).toContainText("Delayed");
  await expect(page.getByText(/^Counts as of/)).toHaveCount(0);
  await page.clock.runFor(6_000);
  await expect(page.getByText(/^Counts as of/).first()).toBeAttached();
  await expect(stopControl(page)).toBeEnabled();
  await page.unroute("**/api/console/**");
});

test("rows that the server makes do not move under a pointer: the page waits, and says that there is something new", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.technical_owner, paths.agent(agent.id));
  const open = page.getByRole("region", { name: /^Open/ });
  await page.getByRole("list", { name: "Constraints, the binding one first" }).getByRole("listitem").first().hover();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
  const itsLink = open.locator(`a[href="${paths.change(change?.id ?? "")}"]`);
  const pill = page.getByRole("status").getByRole("button", { name: "Show it as it is now" });
  await expect(pill).toBeVisible();
  await expect(itsLink).toHaveCount(0);
  await pill.click();
  await expect(itsLink.first()).toBeVisible();
  await expect(pill).toHaveCount(0);

  // A list has no figures of its own: it goes by what the house tells, long before its minute is over.
  await openPage(page, paths.changes({ agent: agent.id }));
  await page.mouse.move(5, 5);
  const next = await agent.register(manifestOf({ label: "1.2", prompt: "You handle refunds for the web shop, at length." }));
  await expect(page.locator(`main a[href="${paths.change(next.change?.id ?? "")}"]`).first()).toBeVisible();
});

test("nor does a press count that was on its way while the page was made anew", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  await signInAs(agent.team.technical_owner);
  await page.clock.install();
  await page.goto(paths.agent(agent.id), { waitUntil: "networkidle" });
  await page.mouse.move(5, 5);
  const held: (() => void)[] = [];
  let isHolding = true;
  await page.route((url) => url.pathname === paths.agent(agent.id) && url.searchParams.has("_rsc"), async (route) => {
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
  await expect.poll(() => held.length).toBeGreaterThan(0);
  // Nobody was there when it was asked for.
  const row = page.getByRole("main").getByRole("listitem").filter({ has: page.locator('a[href^="/changes/"]') }).last();
  await row.hover();
  const before = await row.boundingBox();
  await page.evaluate(() => document.addEventListener("click", () => document.body.toggleAttribute("data-pressed", true), { capture: true }));
  // From here no time passes: the press comes right after the rows.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 50));
  isHolding = false;
  for (const release of held) release();
  await expect(page.locator(`main a[href="${paths.change(change?.id ?? "")}"]`).first()).toBeAttached();
  expect((await row.boundingBox())?.y, "the row has moved").not.toBe(before?.y);
  // Between two rows a press means nothing: where the rows stand by now there is one for certain.
  await row.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
  const { x, y, width, height } = (await row.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.click(x + width / 2, y + height / 2);
  await expect(page.locator("body[data-pressed]")).toHaveCount(0);
  await page.clock.runFor(300);
  await page.mouse.click(x + width / 2, y + height / 2);
  await expect(page.locator("body[data-pressed]"), "what stands there by now is seen, and pressed").toHaveCount(1);
});

test("nor under a finger: the page waits until it has been lifted for a moment", async ({ isMobile, makeAgent, openAs }) => {
  test.skip(!isMobile, "a pointer has its own test");
  const agent = await makeAgent();
  const page = await openAs(agent.team.technical_owner, paths.agent(agent.id));
  const touch = await page.context().newCDPSession(page);
  // On words that lead nowhere.
  const { x, y } = (await heading(page).boundingBox()) ?? { x: 0, y: 0 };
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: x + 8, y: y + 8 }] });
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
  const itsLink = page.getByRole("region", { name: /^Open/ }).locator(`a[href="${paths.change(change?.id ?? "")}"]`);
  await expect(page.getByRole("status").getByRole("button", { name: "Show it as it is now" })).toBeVisible();
  await expect(itsLink).toHaveCount(0);
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await expect(itsLink.first()).toBeVisible();
});
