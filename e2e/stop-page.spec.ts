import type { APIRequestContext, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openRawPoint } from "./raw-point.ts";
import { authorityOf, expectLargeEnough, releaseAll, stopControl, stopNow, why } from "./stop-control.ts";

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("one tool is stopped: one press chooses, the next one stops", async ({ page, makeAgent, signInAs, request }) => {
    const agent = await makeAgent();
    try {
      await signInAs(agent.team.technical_owner);
      await page.goto(paths.agent(agent.id));
      await stopControl(page).click();
      await page.getByText("Tool refund_create", { exact: true }).click();
      await expect(page.getByRole("radio", { name: "Fleet" })).toBeDisabled();
      await expectLargeEnough(stopNow(page, `refund_create of ${agent.id}`));
      await stopNow(page, `refund_create of ${agent.id}`).click();
      // Asks for itself again until it is proven.
      await expect(page.getByRole("heading", { level: 1, name: "Stopped at the gate. No enforcement point is connected." })).toBeVisible();
      await expect(page.locator('meta[http-equiv="refresh"]')).toHaveAttribute("content", "10");
      expect(await authorityOf(request, agent)).toMatchObject({ level: "partial", stoppedTools: [{ tool: "refund_create" }] });
      await expectGoodPageWithoutScript(page);
    } finally {
      await releaseAll(agent);
    }
  });

  test("where nothing is chosen, the press on a row is the stop", async ({ page, makeAgent, signInAs, request }) => {
    const agent = await makeAgent();
    try {
      const point = await openRawPoint(agent, "gw eu-2");
      await signInAs(agent.team.author);
      await page.goto(paths.inbox());
      await stopControl(page).click();
      await expect(page.getByRole("heading", { level: 1, name: "What is to be stopped?" })).toBeVisible();
      await expect(stopNow(page, "the whole fleet")).toBeEnabled();
      await expectGoodPageWithoutScript(page);
      // Where all agents are listed there is nothing to find: how many there are is other specs' affair.
      const finder = page.getByLabel("Part of the name");
      if (await finder.isVisible()) {
        await finder.fill(agent.id);
        await page.getByRole("button", { name: "Find" }).click();
      }
      await point.repeat();
      await stopNow(page, agent.id).click();
      await expect(page.getByRole("heading", { level: 1, name: "Stopping. 0 of 1 point confirmed." })).toBeVisible();
      await expect(page.locator('meta[http-equiv="refresh"]')).toBeAttached();
      await expect(page.locator("body")).not.toContainText(/\bstopped\b/i);
      await point.catchUp();
      await expect(page.getByRole("heading", { level: 1, name: /^Stopped, proven in/ })).toBeVisible();
      expect((await authorityOf(request, agent)).level).toBe("stopped");
    } finally {
      await releaseAll(agent);
    }
  });

  test("whoever asks for what is not here chooses, and whoever is signed out comes back after signing in", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
    const agent = await makeAgent();
    await page.goto(paths.stop({ scope: `agent:${agent.id}` }));
    await expect(page).toHaveURL(/\/sign-in\?from=%2Fstop/);
    await signInAs(agent.team.author);
    await page.goto(paths.stop({ scope: "agent:no-such-agent" }));
    await expect(page.getByRole("alert")).toHaveText("There is no agent no-such-agent. Choose what to stop.");
    await expect(page.getByRole("heading", { level: 1, name: "What is to be stopped?" })).toBeVisible();
    await page.goto(paths.stop({ stop: "st_none" }));
    await expect(page.getByRole("alert")).toContainText("There is no such stop.");
    await expectGoodPageWithoutScript(page);
  });
});

/** axe needs scripts; what can be looked at without them is the width. */
async function expectGoodPageWithoutScript(page: Page): Promise<void> {
  const { width } = page.viewportSize() ?? { width: 0 };
  expect((await page.locator("html").boundingBox())?.width).toBeLessThanOrEqual(width);
}

test("the stop page weighs less than 20 kB and fetches nothing", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  await signInAs(agent.team.author);
  const asked: string[] = [];
  page.on("request", (sent) => asked.push(sent.url()));
  for (const path of [paths.stop({ scope: `agent:${agent.id}` }), paths.stop()]) {
    asked.length = 0;
    const answer = await page.goto(path);
    expect((await answer?.body())?.byteLength).toBeLessThan(20_000);
    expect(asked.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
    await expectGoodPage(page);
  }
});

test("without an answer the page says how old it is and that Holdpoint does not answer, and goes on by itself, also after the proof", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: null });
  try {
    await signInAs(agent.team.author);
    await page.clock.install();
    await page.goto(paths.stop({ stop: stopId }));
    const main = page.locator("main");
    const alert = page.getByRole("alert");
    const passes = async (until: () => Promise<void>) => expect(async () => {
      await page.clock.runFor(1_000);
      await until();
    }).toPass({ intervals: [50] });
    await passes(() => expect(main).toHaveAttribute("data-state", "proven", { timeout: 50 }));
    await expect(main).not.toHaveAttribute("data-stale");
    await expect(page.getByText(/^As of \d\d:\d\d:\d\d UTC\.$/)).toBeVisible();
    const summary = page.locator("summary");
    await summary.click();

    // Neither an answer nor an error.
    await page.route(/\/stop\?stop=/, () => undefined);
    await page.clock.runFor(12_000);
    await expect(alert).toHaveText(/^Holdpoint does not answer\. What stands below is as of \d\d:\d\d:\d\d UTC\.$/);
    await expect(page.getByText(/^As of \d\d:\d\d:\d\d UTC, \d+ s old\.$/)).toBeVisible();
    await expect(main).toHaveAttribute("data-stale", "");
    await expectGoodPage(page);
    await page.unrouteAll();
    await page.route(/\/stop\?stop=/, (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<main>The database cannot be reached.</main>" }));
    await page.clock.runFor(12_000);
    await expect(alert).toContainText("Holdpoint does not answer.");

    await page.unrouteAll();
    await passes(() => expect(main).not.toHaveAttribute("data-stale", { timeout: 50 }));
    await expect(alert).toHaveCount(0);
    await expect(summary, "the place is not lost").toBeFocused();
    await expect(page.locator("details")).toHaveAttribute("open", "");
    await askRelease(await agent.team.business_owner.actor(), { stopId, reason: why });
    await releaseStop(await agent.team.model_steward.actor(), { stopId });
    await passes(() => expect(page.getByRole("heading", { level: 1 })).toHaveText("This stop was released.", { timeout: 50 }));
  } finally {
    await releaseAll(agent);
  }
});

test("a press that does not come from this page stores nothing", ONE_WIDTH, async ({ makeAgent, makePerson, openAs, request }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.author, paths.stop());
  const viewer = await openAs(await makePerson("Vera Viewer"), paths.stop({ scope: `agent:${agent.id}` }));
  await expect(viewer.getByText("You may look, and not stop.")).toBeVisible();
  await expect(viewer.getByRole("button", { name: /^Stop/ })).toHaveCount(0);
  const { origin } = new URL(page.url());
  const press = (from: APIRequestContext, headers: Record<string, string>) => from.post(paths.stop(), { form: { scope: `agent:${agent.id}` }, headers, maxRedirects: 0 });
  const stored = () => prisma().stop.count({ where: { target: agent.id } });
  const stranger = await press(request, { origin });
  expect([stranger.status(), stranger.headers().location]).toEqual([303, paths.signIn(paths.stop())]);
  for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }]) expect((await press(page.request, headers)).status()).toBe(403);
  const unasked = await press(page.request, { accept: "application/json" });
  expect([unasked.status(), await unasked.json()]).toEqual([403, { error: "This request did not come from this console." }]);
  const refused = await press(viewer.request, { origin });
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain("may engage a kill switch");
  expect(await stored()).toBe(0);
  // The same press from the page itself counts: what was refused above was the origin and nothing else.
  expect((await press(page.request, { origin })).status()).toBe(303);
  expect(await stored()).toBe(1);
  await releaseAll(agent);
});

test("a phone's home screen leads to the stop: the manifest and its icons are there for whoever is not signed in", ONE_WIDTH, async ({ page }) => {
  await page.goto("/sign-in");
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const answer = await page.request.get(href ?? "");
  expect(answer.headers()["content-type"]).toContain("application/manifest+json");
  const { icons, shortcuts } = (await answer.json()) as { icons: Icon[]; shortcuts: { name: string; url: string; icons: Icon[] }[] };
  expect(shortcuts.find(({ url }) => url === paths.stop())?.name).toBe("Stop");
  const apple = await page.locator('link[rel="apple-touch-icon"]').getAttribute("href");
  for (const { src, sizes } of [...icons, ...shortcuts.flatMap((shortcut) => shortcut.icons), { src: apple ?? "", sizes: "180x180" }]) {
    const picture = await (await page.request.get(src)).body();
    // A PNG says its width and height in its first block.
    expect([src, picture.subarray(1, 4).toString(), `${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`]).toEqual([src, "PNG", sizes]);
  }
  for (const { url } of shortcuts) expect((await page.request.get(url)).ok()).toBe(true);
});

interface Icon {
  src: string;
  sizes: string;
}
