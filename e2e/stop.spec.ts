import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test, type TestAgent } from "./fixtures.ts";

const why = "The bank answers again.";
const stopControl = (page: Page): Locator => page.getByRole("link", { name: "Stop", exact: true }).filter({ visible: true });
const stopNow = (page: Page, name: string): Locator => page.getByRole("button", { name: `Stop ${name} now` });
const banner = (page: Page): Locator => page.getByRole("region", { name: "Engaged stops" });

async function authorityOf(request: APIRequestContext, agent: TestAgent): Promise<{ level: string; stoppedTools: { tool: string }[] }> {
  const answer = await request.get(`/v1/agents/${agent.id}/authority`, { headers: { authorization: `Bearer ${await agent.key(["authority"])}` } });
  return (await answer.json()) as { level: string; stoppedTools: { tool: string }[] };
}

/** The specs share a house: nobody else should find it stopped. */
async function releaseAll({ id, team }: TestAgent): Promise<void> {
  const stops = await prisma().stop.findMany({ where: { releasedAt: null, OR: [{ target: id }, { target: { startsWith: `${id}/` } }] } });
  for (const { id: stopId } of stops) {
    await askRelease(await team.business_owner.actor(), { stopId, reason: why });
    await releaseStop(await team.model_steward.actor(), { stopId });
  }
}

async function expectLargeEnough(control: Locator): Promise<void> {
  await expect(control).toBeInViewport({ ratio: 1 });
  const box = await control.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(48);
  expect(Number.parseFloat(await control.evaluate((element) => getComputedStyle(element).fontSize))).toBeGreaterThanOrEqual(16);
}

test("an agent is stopped from its page in two interactions, and everybody is told what is true", async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  try {
    const page = await openAs(agent.team.author, paths.agentVersions(agent.id));
    await expect(stopControl(page)).toBeInViewport({ ratio: 1 });
    await stopControl(page).click();
    await expect(page.getByRole("heading", { level: 1, name: `Stop ${agent.id}?` })).toBeVisible();
    await expect(page.getByRole("radio", { name: `Agent ${agent.id}` })).toBeChecked();
    await expectLargeEnough(stopNow(page, agent.id));
    await expectGoodPage(page);
    await stopNow(page, agent.id).click();

    await expect(page.getByRole("heading", { level: 1, name: "Stop is stored." })).toBeVisible();
    await expect(page.getByText("Agents that ask are refused from now on.")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: agent.id })).toContainText("never heard");
    await expect(page.locator("body")).not.toContainText(/proven|confirmed/i);
    await expectGoodPage(page);
    expect((await authorityOf(request, agent)).level).toBe("stopped");

    await page.goto(paths.agent(agent.id));
    await expect(banner(page)).toContainText(agent.id);
    await expect(page.getByRole("heading", { name: "Stopped, because a kill switch is engaged." })).toBeVisible();
    await expectGoodPage(page);
  } finally {
    await releaseAll(agent);
  }
});

test("a release takes a reason and a second person, and the stop is kept in the history", async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  try {
    const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: "It refunds twice." });
    const card = (page: Page) => page.getByRole("region", { name: agent.id, exact: true });
    const first = await openAs(agent.team.business_owner, paths.stops());
    await expect(card(first)).toContainText("Reason: It refunds twice.");
    await expect(card(first)).toContainText("1 agent covered, none heard since.");
    await card(first).getByLabel(`Why may ${agent.id} be released?`).fill(why);
    await card(first).getByRole("button", { name: "Ask for release" }).click();
    await expect(card(first).getByRole("button", { name: `Release ${agent.id}` })).toHaveAccessibleDescription("You asked for it. A release needs a second person.");
    await expect(card(first).getByRole("button", { name: `Release ${agent.id}` })).toBeDisabled();
    await expectGoodPage(first);
    expect((await authorityOf(request, agent)).level).toBe("stopped");

    const viewer = await openAs(agent.team.technical_owner, paths.stops());
    await expect(card(viewer)).toContainText(why);
    await card(viewer).getByRole("button", { name: `Release ${agent.id}` }).click();
    await expect(card(viewer)).toHaveCount(0);
    expect((await authorityOf(request, agent)).level).toBe("partial");
    expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ releasedBy: agent.team.technical_owner.name, releaseReason: why });
    await expect(viewer.getByRole("table", { name: "Released stops" }).getByRole("row").filter({ hasText: agent.id })).toContainText(why);
    await expectGoodPage(viewer);
    // The page of the one who asked follows by itself.
    await expect(card(first)).toHaveCount(0);
  } finally {
    await releaseAll(agent);
  }
});

test("a stop of somebody else appears on a page that is open", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  try {
    const page = await openAs(agent.team.model_steward, paths.agents());
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await engageStop(await agent.team.author.actor(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await expect(banner(page)).toContainText(`refund_create of ${agent.id}`);
    await banner(page).getByRole("link").click();
    await expect(page).toHaveURL(paths.stops());
    await expect(page.getByRole("region", { name: `refund_create of ${agent.id}` })).toBeVisible();
  } finally {
    await releaseAll(agent);
  }
});

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
      await expect(page.getByRole("heading", { level: 1, name: "Stop is stored." })).toBeVisible();
      expect(await authorityOf(request, agent)).toMatchObject({ level: "partial", stoppedTools: [{ tool: "refund_create" }] });
      await page.getByRole("link", { name: "Look again" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Stop is stored." })).toBeVisible();
    } finally {
      await releaseAll(agent);
    }
  });

  test("who chose nothing is asked to, and whoever is signed out comes back after signing in", async ({ page, makeAgent, signInAs }) => {
    const agent = await makeAgent();
    await page.goto(paths.stop({ scope: `agent:${agent.id}` }));
    await expect(page).toHaveURL(/\/sign-in\?from=%2Fstop/);
    await signInAs(agent.team.author);
    await page.goto(paths.stop({ scope: "agent:no-such-agent" }));
    await expect(page.getByRole("alert")).toHaveText("There is no agent no-such-agent. Choose what to stop.");
    await page.getByRole("button", { name: "Stop what is chosen" }).click();
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

test("the stop page weighs less than 20 kB and fetches nothing", async ({ page, makeAgent, signInAs }) => {
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

test("a press that does not come from this page stores nothing", async ({ makeAgent, makePerson, openAs, request, isMobile }) => {
  test.skip(isMobile, "the width does not matter");
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
  const refused = await press(viewer.request, { origin });
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain("may engage a kill switch");
  expect(await stored()).toBe(0);
  // The same press from the page itself counts: what was refused above was the origin and nothing else.
  expect((await press(page.request, { origin })).status()).toBe(303);
  expect(await stored()).toBe(1);
  await releaseAll(agent);
});
