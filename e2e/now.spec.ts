import type { Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { rejectAction } from "../lib/operations/reject-action.ts";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { makeAsking, prepare } from "./asking-agent.ts";
import { test as ownTest } from "./api/own-house.ts";
import { expect, expectGoodPage, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { saturatedShare } from "./pixels.ts";

const COUNTERS = ["Stopped", "Critical", "Warning", "Not reporting", "Waiting for you"];
const PASSWORD = "a long enough password";

const sentence = (page: Page) => page.getByRole("heading", { level: 1 });
const needs = (page: Page) => page.getByRole("list", { name: "Needs you" }).getByRole("listitem");
const strip = (page: Page) => page.getByRole("group", { name: /^Agents by team/ });

/** The specs share a house: nobody else should find the agent stopped. */
async function release({ team }: TestAgent, stopId: string): Promise<void> {
  await askRelease(await team.business_owner.actor(), { stopId, reason: "The bank answers again." });
  await releaseStop(await team.model_steward.actor(), { stopId });
}

test("an operator lands on how the fleet is: one sentence, five counters, always in the same order", async ({ page, makeAgent, makePerson }) => {
  await makeAgent({ isBare: true });
  const operator = await makePerson("Ana Ruiz", ["operator"], PASSWORD);
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(operator.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/now$/);
  await expect(sentence(page)).toHaveText(/agents are normal|Nothing needs you/);
  const counters = page.getByRole("list", { name: "Counts" }).getByRole("listitem");
  await expect(counters).toHaveText(COUNTERS.map((word) => new RegExp(`^${word}[\\d,]+`)));
  await expectGoodPage(page);
});

test("who is business owner and nothing else lands on the portfolio", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const { team } = await makeAgent({ isBare: true });
  await signInAs(team.business_owner);
  await page.goto(paths.home());
  await expect(page).toHaveURL(/\/portfolio$/);
});

/** Where there are only fingers, what is new waits until it is asked for. */
async function whenShown(page: Page, row: Locator): Promise<void> {
  const pill = page.getByRole("status").getByRole("button", { name: /^\d+ (new|gone)$/ });
  await expect(async () => {
    if (!(await row.isVisible()) && (await pill.isVisible())) await pill.click();
    await expect(row).toBeVisible({ timeout: 500 });
  }).toPass();
}

test("a stopped agent comes first, and its one step leads to the stop", async ({ page, makeAgent, makePerson, signInAs }) => {
  const agent = await makeAgent();
  await signInAs(await makePerson("Ana Ruiz", ["operator", "on_call"]));
  await page.goto(paths.now());
  await expect(sentence(page)).toBeVisible();
  const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: null });
  try {
    const need = needs(page).filter({ hasText: agent.id });
    await whenShown(page, need);
    await expect(need, "it comes without a reload").toContainText("Stopped at the gate");
    await expect(needs(page).first()).toContainText(/Stopped|Stopping|Stop not proven|Stop path/);
    await expect(strip(page).getByRole("link", { name: new RegExp(`^${agent.id}, .*Stopped`) })).toHaveCount(1);
    await expectGoodPage(page);
    const step = need.getByRole("link", { name: /Open the stop/ });
    const isReached = () => step.evaluate((link) => link === document.activeElement);
    for (let row = 0; row < 20 && !(await isReached()); row++) await page.keyboard.press("j");
    await expect(step, "j goes from one row's next step to the next one's").toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`${paths.stopOf(stopId)}$`));
  } finally {
    await release(agent, stopId);
  }
});

test("a proof of the stop path that fails is told on a page that is open, whatever the browser's clock says", ONE_WIDTH, async ({ page, makeAgent, makePerson, signInAs }) => {
  await makeAgent({ isBare: true });
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  const prove = async (isProven: boolean): Promise<string> => {
    const [id, at] = [`re_${crypto.randomUUID()}`, new Date()];
    await prisma().rehearsal.create({ data: { id, kind: "standing", scope: "agent", target: "of this spec", startedBy: "system", startedAt: at, endedAt: at, releasedAt: at, isProven, expected: 1, answered: Number(isProven), epoch: 1n, detail: { sentence: isProven ? "" : "gw eu-2 did not answer." } } });
    await prisma().$executeRaw`SELECT pg_notify('holdpoint', ${JSON.stringify({ kind: "rehearsal.ended", subject: id, agentId: null })})`;
    return id;
  };
  const ids = [await prove(true)];
  try {
    await page.clock.install({ time: Date.now() + 600_000 });
    await page.goto(paths.now());
    const card = page.getByRole("region", { name: "The stop path works" });
    await expect(card).toContainText(/proven \d+ s ago/);
    await page.clock.runFor(5_000);
    await expect(card, "ten minutes between the two clocks are no age").toBeVisible();
    ids.push(await prove(false));
    await expect(page.getByRole("region", { name: "Stop path", exact: true })).toContainText("The stop path failed its last proof.");
    await expect(sentence(page)).toHaveText(/^The stop path failed its last proof\./);
    await expect(needs(page).first()).toContainText("gw eu-2 did not answer.");
  } finally {
    await prisma().rehearsal.deleteMany({ where: { id: { in: ids } } });
  }
});

test("an action that is held is counted within seconds, on the page and in its frame, and no longer once somebody else has decided it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const page = await openAs(agent.team.technical_owner, paths.now());
  const waiting = page.getByRole("list", { name: "Counts" }).getByRole("listitem").filter({ hasText: "Waiting for you" });
  const inbox = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Inbox/ }).filter({ visible: true });
  await expect(waiting).toHaveText("Waiting for you0");
  await expect(waiting.locator(".changed"), "what was there from the first has no tint").toHaveCount(0);
  const soon = { timeout: 5_000 };
  const { id } = await prepare(agent, key);
  await expect(waiting).toHaveText("Waiting for you1", soon);
  await expect(waiting.locator(".changed")).toHaveCSS("animation-name", "changed");
  await expect(inbox).toContainText("1", soon);
  await expect(sentence(page)).not.toHaveText("Nothing needs you.");
  const { inputDigest } = await prisma().action.findUniqueOrThrow({ where: { id } });
  await rejectAction(await agent.team.business_owner.actor(), { actionId: id, inputDigest, reason: "Not this one." });
  await expect(waiting).toHaveText("Waiting for you0", soon);
  await expect(inbox).not.toContainText("1", soon);
});

ownTest("a healthy fleet is grey: colour means that somebody should look", async ({ ownAddress, start, makeAgent, makePerson, signInAs, page }) => {
  ownTest.setTimeout(120_000);
  const server = await start({ DATABASE_URL: ownAddress });
  for (let made = 0; made < 8; made++) await makeAgent({ isBare: true });
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  await openPage(page, server.url + paths.now());
  await expect(sentence(page)).toHaveText(/^Nothing needs you/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await saturatedShare(page), colorScheme).toBeLessThan(0.02);
  }
  // The measure is not blind: the control that it leaves out has colour enough.
  await page.locator(".plate").evaluateAll((plates) => {
    for (const plate of plates) {
      plate.setAttribute("class", "");
      Object.assign((plate as HTMLElement).style, { position: "fixed", inset: "0", background: "var(--stop-plate)" });
    }
  });
  expect(await saturatedShare(page)).toBeGreaterThan(0.5);
});

test("rows hold while somebody is in them, and say what is new, what is gone and what is true now", ONE_WIDTH, async ({ page, makeAgent, makePerson, signInAs }) => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  const stop = async ({ id, team }: TestAgent) => (await engageStop(await team.author.actor(), { scope: "agent", target: id, reason: null })).stopId;
  const first = await stop(agent);
  let second: string | null = null;
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  try {
    await openPage(page, paths.nowNeeds({ state: "stopped" }));
    const row = needs(page).filter({ hasText: agent.id });
    const newcomer = needs(page).filter({ hasText: other.id });
    await whenShown(page, row);
    await row.getByRole("link", { name: /Open the stop/ }).focus();
    const before = await row.boundingBox();
    second = await stop(other);
    const pill = page.getByRole("status").getByRole("button", { name: /^\d+ new$/ });
    await expect(pill).toBeVisible();
    await expect(newcomer).toHaveCount(0);
    await release(agent, first);
    await expect(row).toContainText("Gone from the list");
    expect(await row.boundingBox()).toEqual(before);
    await expectGoodPage(page);
    await pill.click();
    await expect(newcomer).toHaveCount(1);
    await expect(row).toHaveCount(0);
  } finally {
    if (second !== null) await release(other, second);
  }
});

test("without a connection nothing reads as if nothing needed anybody", ONE_WIDTH, async ({ page, context, makeAgent, makePerson, signInAs }) => {
  await makeAgent({ isBare: true });
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  await page.clock.install();
  await page.goto(paths.now());
  await expect(sentence(page)).not.toHaveText(/^Cannot tell/);
  await context.setOffline(true);
  await page.clock.runFor(94_000);
  await expect(sentence(page)).toHaveText(/^Cannot tell: data \d+ s old\.?$/);
  await expect(page.getByText("Nothing needs you")).toHaveCount(0);
  await expect(page.getByText(/^As of \d\d:\d\d:\d\d UTC$/)).toBeVisible();
  await expect(page.locator('main [data-stale="true"]').first()).toBeVisible();
  await expectGoodPage(page);
  await context.setOffline(false);
  await page.clock.runFor(40_000);
  await expect(sentence(page)).not.toHaveText(/^Cannot tell/);
});

test("the strip is one stop of the Tab key, arrows move inside it and Enter opens the agent", ONE_WIDTH, async ({ page, makeAgent, makePerson, signInAs }) => {
  await makeAgent({ isBare: true });
  await makeAgent({ isBare: true });
  const agents = await prisma().agent.count({ where: { archivedAt: null } });
  await signInAs(await makePerson("Ana Ruiz", ["operator"]));
  await openPage(page, paths.now());
  const cells = strip(page).getByRole("link");
  expect(await cells.count()).toBeGreaterThanOrEqual(Math.min(agents, 2));
  await expect(strip(page).locator('a[tabindex="0"]')).toHaveCount(1);
  await cells.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(cells.nth(1)).toBeFocused();
  await expect(strip(page).locator('a[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press("Home");
  await expect(cells.first()).toBeFocused();
  const address = await cells.first().getAttribute("href");
  expect(await cells.first().getAttribute("aria-label")).toMatch(/, (Normal|Stopped|Stopped at the gate|Stopping|Stop not proven|Critical|Warning|Not reporting)$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${address ?? "no address"}$`));
});

test("a counter leads to exactly the agents that it counts", ONE_WIDTH, async ({ page, makeAgent, makePerson, signInAs }) => {
  const agent = await makeAgent();
  await prisma().finding.create({
    data: { id: `fi_${agent.id}`, agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "The prompt differs.", openedAt: new Date(), lastSeenAt: new Date(), evidence: { versionLabel: "1.0", differences: [] } },
  });
  try {
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.goto(paths.now());
    const counter = page.getByRole("list", { name: "Counts" }).getByRole("link", { name: /^Critical/ });
    const count = /[\d,]+$/.exec((await counter.textContent()) ?? "")?.[0] ?? "no figure";
    await counter.click();
    await expect(page).toHaveURL(new RegExp(`${paths.nowNeeds({ state: "critical" }).replace("?", "\\?")}$`));
    await expect(page.getByRole("link", { name: new RegExp(`^Critical ?${count}$`) })).toBeVisible();
    await expect(needs(page).filter({ hasText: agent.id })).toContainText("Critical");
    await expect(needs(page).filter({ hasNotText: /Critical|Stopping|Stop not proven|Stop stored/ })).toHaveCount(0);
    await expectGoodPage(page);
    await page.getByRole("link", { name: /^Stopped/ }).click();
    await expect(needs(page).filter({ hasText: agent.id })).toHaveCount(0);
  } finally {
    await prisma().finding.delete({ where: { id: `fi_${agent.id}` } });
  }
});

test("who may change nothing reads so in the header, and why", async ({ page, makePerson, signInAs }) => {
  await makePerson("Ada Administrator", ["administrator"]);
  await signInAs(await makePerson("Vera Viewer", ["viewer"]));
  await openPage(page, paths.agents());
  await page.getByRole("button", { name: "Read only" }).click();
  await expect(page.getByText(/^You are a viewer: you may look, and change nothing\. Only an administrator may manage people\. Ask \w/)).toBeVisible();
  await expectGoodPage(page);
  await signInAs(await makePerson("Ola Operator", ["operator"]));
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Agents" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Read only" })).toHaveCount(0);
});
