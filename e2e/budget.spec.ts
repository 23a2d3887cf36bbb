import { gzipSync } from "node:zlib";
import type { APIRequestContext, Page } from "@playwright/test";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { expect, test, type TestAgent } from "./fixtures.ts";
import { sharedHouse } from "./make-house.ts";

const MOST_SCRIPT_KB = 215;
const MOST_STYLE_KB = 20;
const MOST_SHIFT = 0.05;

/** By address: most scripts are those of every page. */
const compressed = new Map<string, number>();

async function compressedSize(request: APIRequestContext, source: string): Promise<number> {
  const size = compressed.get(source) ?? gzipSync(await (await request.get(source)).body(), { level: 9 }).length;
  compressed.set(source, size);
  return size;
}

/** All scripts that a page's HTML names, compressed as a good server would. */
async function scriptKb(request: APIRequestContext, address: string): Promise<number> {
  const html = await (await request.get(address)).text();
  const tags = [...html.matchAll(/<script[^>]*>/gi)].map(([tag]) => tag).filter((tag) => !/nomodule/i.test(tag));
  const sources = new Set(tags.flatMap((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? []));
  const sizes = await Promise.all([...sources].map((source) => compressedSize(request, source)));
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

async function styleKb(request: APIRequestContext, address: string): Promise<number> {
  const html = await (await request.get(address)).text();
  const sources = [...html.matchAll(/<link[^>]*rel="stylesheet"[^>]*>/gi)].flatMap(([tag]) => /href="([^"]+)"/.exec(tag)?.[1] ?? []);
  expect(sources.length, "style sheets that a page names").toBeGreaterThan(0);
  const sizes = await Promise.all([...new Set(sources)].map((source) => compressedSize(request, source)));
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(() => new Promise<number>((resolve) => {
    new PerformanceObserver((list) => {
      const shifts = list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[];
      resolve(shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
    }).observe({ type: "layout-shift", buffered: true });
    // Nothing that shifted is not reported at all.
    requestAnimationFrame(() => setTimeout(() => resolve(0), 500));
  }));

async function shiftOnLoad(page: Page, address: string): Promise<number> {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return shiftOf(page);
}

async function aReleasedStop({ team, id }: TestAgent): Promise<string> {
  const { stopId } = await engageStop(await team.author.actor(), { scope: "tool", target: `${id}/order_get`, reason: null });
  await askRelease(await team.author.actor(), { stopId, reason: "Only to weigh its page." });
  await releaseStop(await team.technical_owner.actor(), { stopId });
  return stopId;
}

test("no page names more script than the budget, and none moves while it loads", async ({ page, signInAs, isMobile }) => {
  test.setTimeout(180_000);
  const { agent, administrator, openChangeId, rolloutId, runId, findingId } = await sharedHouse();
  await signInAs(administrator);
  const stopId = await aReleasedStop(agent);
  if (!isMobile) expect.soft(await styleKb(page.request, paths.now()), "kB of style").toBeLessThanOrEqual(MOST_STYLE_KB);
  // Nothing in them moves that does not move in the others.
  const weighedOnly = [
    paths.nowNeeds(), paths.actions(), paths.action(await storeAction(agent.id, { state: "expired" })), paths.actionQuality(), paths.undos(), paths.changeQuality(), paths.stopOf(stopId), paths.stopKeys(stopId),
    paths.newAgent(), paths.agentReadiness(agent.id), paths.agentHooks(agent.id), paths.agentVersion(agent.id, 1), paths.tierGuide(agent.id), paths.settings(), paths.settingsPeople(), paths.settingsPrices(), paths.settingsKeyboard(),
  ];
  if (!isMobile) for (const address of weighedOnly) expect.soft(await scriptKb(page.request, address), `${address}: kB of script`).toBeLessThanOrEqual(MOST_SCRIPT_KB);
  const addresses = [
    paths.now(), paths.inbox(), paths.agents(), paths.agent(agent.id), paths.agentMetrics(agent.id), paths.agentQuality(agent.id), paths.agentCard(agent.id), paths.agentAuthority(agent.id), paths.agentVersions(agent.id), paths.agentPolicy(agent.id), paths.registerVersion(agent.id),
    paths.changes(), paths.change(openChangeId), paths.finding(findingId), paths.rollouts(), paths.rollout(rolloutId), paths.runs(), paths.run(runId), paths.stops(), paths.risk(), paths.portfolio(), paths.log(), paths.settingsMe(), paths.settingsKeys(), paths.settingsReviewPolicy(),
  ];
  for (const address of addresses) {
    await test.step(address, async () => {
      // Both widths name the same scripts.
      if (!isMobile) expect.soft(await scriptKb(page.request, address), `${address}: kB of script`).toBeLessThanOrEqual(MOST_SCRIPT_KB);
      const shift = await shiftOnLoad(page, address);
      // A stop that another spec engages in this moment moves a page once.
      expect.soft(shift > MOST_SHIFT ? await shiftOnLoad(page, address) : shift, `${address}: layout shift`).toBeLessThanOrEqual(MOST_SHIFT);
    });
  }
});
