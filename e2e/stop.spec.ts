import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { makeRollout } from "../lib/testing/make-rollout.ts";
import { EnforcementPoint } from "../sdk/src/enforcement-point.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { openRawPoint } from "./raw-point.ts";
import { authorityOf, expectLargeEnough, releaseAll, stopControl, stopNow, why } from "./stop-control.ts";
import { banner, openSheet, sheet, verdict, watchPresses } from "./stop-sheet.ts";

test("an agent is stopped from its page in two interactions, and everybody is told what is true", async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  try {
    const page = await openAs(agent.team.author, paths.agentVersions(agent.id));
    await expect(stopControl(page)).toBeInViewport({ ratio: 1 });
    const { posts, interactions } = await watchPresses(page);
    await openSheet(page);
    await expect(sheet(page).getByRole("heading", { level: 2, name: `Stop ${agent.id}?` })).toBeVisible();
    await expect(sheet(page).getByRole("radio", { name: `Agent ${agent.id}` })).toBeChecked();
    await expectLargeEnough(stopNow(page, agent.id));
    await expectGoodPage(page);
    await stopNow(page, agent.id).click();

    // Nothing is connected: the gate refuses, and more cannot be known.
    await expect(verdict(page)).toHaveText("Stopped at the gate. No enforcement point is connected.");
    await expect(sheet(page)).toContainText("Whether agents that do not ask have ended, it cannot know.");
    expect(await interactions()).toBe(2);
    expect(posts).toHaveLength(1);
    await expectGoodPage(page);
    expect((await authorityOf(request, agent)).level).toBe("stopped");
    await sheet(page).getByRole("button", { name: "Close" }).click();
    await expect(sheet(page)).toHaveCount(0);
    await expect(stopControl(page)).toBeFocused();

    await page.goto(paths.agent(agent.id));
    await expect(banner(page)).toContainText(agent.id);
    await expect(page.getByRole("heading", { name: "Stopped at the gate, because a kill switch is engaged." })).toBeVisible();
    await expect(banner(page)).toContainText("stopped at the gate, no point connected");
    await expectGoodPage(page);
  } finally {
    await releaseAll(agent);
  }
});

test("whoever leaves the sheet and presses Stop again in the same moment has the sheet", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const page = await openAs(agent.team.author, paths.agents());
  await openSheet(page);
  // The browser tells that a dialog was closed after what was pressed meanwhile.
  const first = await sheet(page).elementHandle();
  await stopControl(page).evaluate((control: HTMLElement) => {
    document.querySelector<HTMLDialogElement>("dialog.stop-sheet")?.close();
    control.click();
  });
  await expect.poll(() => first?.evaluate((element) => element.isConnected)).toBe(false);
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toHaveCount(0);
  await expect(stopControl(page)).toBeFocused();
});

test("as long as a point has not confirmed, the page does not say Stopped; then it does", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const obedient = new EnforcementPoint({ url: process.env.E2E_URL ?? "", apiKey: await agent.key(["authority"]), agentId: agent.id, name: "gw eu-1" });
  try {
    const slow = await openRawPoint(agent, "gw eu-2");
    await obedient.start();
    const page = await openAs(agent.team.author, paths.agent(agent.id));
    await openSheet(page);
    await slow.repeat();
    await stopNow(page, agent.id).click();
    await expect(verdict(page)).toHaveText("Stopping. 1 of 2 points confirmed.");
    await expect(sheet(page)).not.toContainText(/\bstopped\b/i);
    const points = sheet(page).getByRole("list", { name: "Enforcement points" }).getByRole("listitem");
    await expect(points).toHaveCount(2);
    await expect(points.first()).toContainText("gw eu-2");
    await expect(points.first()).toContainText("last heard");
    await expectGoodPage(page);

    await slow.catchUp();
    await expect(verdict(page)).toHaveText(/^Stopped, proven in \d+(\.\d+)? s\.$/);
    await expect(sheet(page)).toContainText("2 of 2 points: 2 confirmed. A probe call was refused at");
    await expectGoodPage(page);

    const { id } = await prisma().stop.findFirstOrThrow({ where: { target: agent.id } });
    await page.goto(paths.stopOf(id));
    await expect(page.getByRole("heading", { name: /^Stopped, proven in/ })).toBeVisible();
    await expect(page.getByRole("list", { name: "Times" })).toContainText("A probe call was refused");
    await expectGoodPage(page);
    await page.reload();
    await expect(page.getByRole("heading", { name: /^Stopped, proven in/ })).toBeVisible();
  } finally {
    await obedient.close();
    await releaseAll(agent);
  }
});

test("after ten seconds without proof it says so, names who is missing, and says what to do", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  const deaf = await openRawPoint(agent, "worker batch-07");
  let isOver = false;
  const goesOn = (async () => {
    // It goes on saying what it applied before: heard, and not obeying.
    while (!isOver) await Promise.all([deaf.repeat().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  })();
  try {
    const page = await openAs(agent.team.author, paths.agent(agent.id));
    await openSheet(page);
    await stopNow(page, agent.id).click();
    await expect(verdict(page)).toHaveText("Stopping. 0 of 1 point confirmed.");
    await expect(verdict(page)).toHaveText("Stop not proven. 1 of 1 point is missing.", { timeout: 30_000 });
    await expect(sheet(page)).toContainText("worker batch-07 may still act. Revoke the key that this point uses");
    const revoke = sheet(page).getByRole("link", { name: "Revoke its key" });
    const { id } = await prisma().stop.findFirstOrThrow({ where: { target: agent.id } });
    await expect(revoke).toHaveAttribute("href", paths.stopKeys(id));
    await expect(sheet(page)).not.toContainText(/\bstopped\b/i);
    await expectGoodPage(page);
    // No page about the agent says more than the proof.
    await page.goto(paths.agent(agent.id));
    await expect(page.getByRole("heading", { name: "Stop not proven: a kill switch is engaged." })).toBeVisible();
    await expect(page.getByText("Stopped", { exact: true })).toHaveCount(0);
    await expect(banner(page)).toContainText(`${agent.id} (stop not proven, 0 of 1 confirmed)`);
    await page.goto(paths.stopOf(id));
    await expect(page.getByRole("heading", { name: "Stop not proven. 1 of 1 point is missing." })).toBeVisible();
    await expect(page.getByRole("list", { name: "Times" })).toContainText("Not proven within 10 s");
    await expectGoodPage(page);
    await page.goto(paths.stop({ stop: id }));
    await expect(page.getByRole("heading", { level: 1, name: "Stop not proven. 1 of 1 point is missing." })).toBeVisible();
    await expectGoodPage(page);
    // The plain page follows by itself, too.
    if (isMobile) {
      await deaf.catchUp();
      await expect(page.getByRole("heading", { level: 1, name: /^Stopped, proven in/ })).toBeVisible();
      return;
    }
    // Whoever stopped it takes the key from what does not obey, without being the keeper of keys.
    const key = await prisma().apiKey.findFirstOrThrow({ where: { agentIds: { has: agent.id } } });
    await page.getByRole("link", { name: "Revoke its key" }).click();
    await expect(page.getByRole("checkbox", { name: new RegExp(`^${key.name}`) })).toBeChecked();
    await expect(page.getByText(`Used by worker batch-07 of ${agent.id}. No other live point uses it.`)).toBeVisible();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Revoke this key" }).click();
    await expect(page.getByText(`Revoked: ${key.name}.`)).toBeVisible();
    await expect(page.getByText("silence alone does not prove that it has ended")).toBeVisible();
    expect((await prisma().apiKey.findUniqueOrThrow({ where: { id: key.id } })).revokedAt).not.toBeNull();

    await test.step("who ends the process says so, and the proof tells it as that person's word", async () => {
      const ended = page.getByRole("region", { name: "Ended by hand" });
      await expect(ended).toContainText(/worker batch-07 was heard \d+ s ago: it has not ended/);
      await expect(ended.getByRole("button", { name: "They have ended" })).toHaveAttribute("aria-disabled", "true");
      isOver = true;
      await goesOn;
      await prisma().$executeRaw`UPDATE enforcement_point SET last_heard_at = last_heard_at - interval '10.5 s', lease_until = lease_until - interval '10.5 s' WHERE agent_id = ${agent.id}`;
      await page.reload();
      await ended.getByRole("checkbox", { name: /^worker batch-07/ }).check();
      await expectGoodPage(page);
      await ended.getByRole("textbox", { name: "How do you know?" }).fill("Its host was switched off.");
      await ended.getByRole("button", { name: "They have ended" }).click();
      await expect(page.getByRole("heading", { name: /^Stopped, proven in .+ but for 1 point by a person's word\.$/ })).toBeVisible();
      await expect(page.getByText("1 has ended by the word of Tomás Vega")).toBeVisible();
      await expect(page.getByRole("list", { name: "Times" }).getByRole("listitem").filter({ hasText: "Tomás Vega said: ended" })).toContainText("worker batch-07");
      await expect(banner(page)).toContainText("but for 1 point by a person's word");
      await expectGoodPage(page);
    });
  } finally {
    isOver = true;
    await goesOn;
    await releaseAll(agent);
  }
});

test("whoever types the name of an agent finds it, and stops nothing by a letter", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.author, paths.agents());
  // The house of the specs must not be stopped, whatever this finds.
  await page.route((url) => url.pathname === paths.stop(), (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  const { posts } = await watchPresses(page);
  await page.getByRole("searchbox", { name: "Agent, team or purpose" }).focus();
  await openSheet(page, () => page.keyboard.press("ControlOrMeta+."));
  // Of the fleet, of tier 2, and of the first agents of the list, each followed by the name.
  await page.keyboard.type("F2f3");
  await expect(sheet(page).getByRole("searchbox")).toHaveValue("F2f3");
  await sheet(page).getByRole("searchbox").fill(agent.id);
  await expect(stopNow(page, agent.id)).toBeVisible();
  await page.keyboard.press("Alt+f");
  expect(posts).toEqual([]);
  await expect(sheet(page).getByRole("heading", { level: 2, name: "What is to be stopped?" })).toBeVisible();
});

test("from the page of a rollout the version that it tries is stopped, and the current one goes on", ONE_WIDTH, async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  try {
    const rollout = await makeRollout({ id: agent.id, register: (manifest) => agent.register(manifest) }, { candidate: manifestOf({ prompt: "Another prompt." }) });
    // Held, so that the judge leaves it as it is.
    await rollout.set({ state: "held" });
    await prisma().assignment.create({ data: { rolloutId: rollout.id, agentId: agent.id, taskId: "task-1", unit: "task-1", arm: "candidate", probability: 0.5, stageIndex: 0, exposureIndex: 0, assignedAt: new Date() } });
    const { number } = await prisma().agentVersion.findUniqueOrThrow({ where: { id: rollout.candidateId } });
    const name = `version ${number} of ${agent.id}`;
    const page = await openAs(agent.team.author, paths.stop({ about: `rollout:${rollout.id}` }));
    await expect(page.getByRole("radio", { name: `Version ${number} only` })).toBeChecked();
    await openPage(page, paths.rollout(rollout.id));
    const { posts, interactions } = await watchPresses(page);
    await openSheet(page);
    await expect(sheet(page).getByRole("radio", { name: `Version ${number} only` })).toBeChecked();
    await expectGoodPage(page);
    await stopNow(page, name).click();
    await expect(verdict(page)).toHaveText("Stopped at the gate, which decides each call of a version under trial.");
    expect([await interactions(), posts.length]).toEqual([2, 1]);
    expect((await authorityOf(request, agent)).level).toBe("partial");
    expect(await prisma().stop.count({ where: { scope: "version", target: rollout.candidateId, releasedAt: null } })).toBe(1);
  } finally {
    await releaseAll(agent);
  }
});

test("what a stop would meet is read anew when it is pressed, however long the page was open before", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  await signInAs(agent.team.author);
  await page.clock.install();
  const first = page.waitForResponse((response) => response.url().includes("/api/console/stop-choices"));
  await page.goto(paths.agent(agent.id), { waitUntil: "networkidle" });
  await page.clock.runFor(5_000);
  await (await first).finished();
  try {
    await engageStop(await agent.team.technical_owner.actor(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await page.clock.runFor(60_000);
    await page.keyboard.press("ControlOrMeta+.");
    await expect(sheet(page)).toContainText("Stop stored already");
  } finally {
    await releaseAll(agent);
  }
});

test("over a dialog the keys still stop in two presses, and where there is no frame a link leads to the stop", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.author, paths.agent(agent.id));
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  const { interactions } = await watchPresses(page);
  await openSheet(page, () => page.keyboard.press("ControlOrMeta+."));
  await expect(stopNow(page, agent.id)).toBeFocused();
  expect(await interactions()).toBe(1);
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();

  // While the press is on its way nobody leaves before it is said what became of it.
  let answer: () => void = () => undefined;
  await page.route((url) => url.pathname === paths.stop(), async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await new Promise<void>((resolve) => (answer = resolve));
    return route.abort();
  });
  await openSheet(page, () => page.keyboard.press("ControlOrMeta+."));
  await stopNow(page, agent.id).click();
  await expect(sheet(page).getByRole("button", { name: "Waiting for the answer, at most 10 s" })).toHaveAttribute("aria-disabled", "true");
  for (const key of ["Escape", "Escape", "Escape"]) await page.keyboard.press(key);
  answer();
  await expect(sheet(page).getByRole("alert").filter({ hasText: "Holdpoint has not answered." })).toBeVisible();

  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { level: 1, name: "There is nothing at this address" })).toBeVisible();
  await expectGoodPage(page);
  await stopControl(page).click();
  await expect(page).toHaveURL(/\/stop$/);
});

test("over a dialog, and with the phone's list of pages open, it is two presses as anywhere", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  try {
    const page = await openAs(agent.team.author, paths.agent(agent.id));
    const { posts, interactions } = await watchPresses(page);
    await page.getByRole("button", { name: "Search" }).click();
    const search = page.getByRole("dialog", { name: "Search" });
    await expect(search.getByRole("combobox")).toBeFocused();
    await expectGoodPage(page);
    await openSheet(page, () => search.getByRole("link", { name: "Stop", exact: true }).click());
    await page.keyboard.press("Escape");
    await expect(search).toBeVisible();
    await expect(search.getByRole("link", { name: "Stop", exact: true })).toBeFocused();
    await page.keyboard.press("Escape");

    if (isMobile) await page.getByRole("button", { name: "More" }).click();
    else await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: isMobile ? "More" : "Keys" })).toBeVisible();
    await expectGoodPage(page);
    const before = await interactions();
    await openSheet(page, () => (isMobile ? stopControl(page) : page.getByRole("dialog", { name: "Keys" }).getByRole("link", { name: "Stop", exact: true })).click());
    await stopNow(page, agent.id).click();
    await expect(verdict(page)).toHaveText("Stopped at the gate. No enforcement point is connected.");
    expect(await interactions() - before).toBe(2);
    expect(posts).toHaveLength(1);
  } finally {
    await releaseAll(agent);
  }
});

test("a press that comes with the sheet, and a key that is held down, stop nothing", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.author, paths.agent(agent.id));
  const { posts } = await watchPresses(page);
  await stopControl(page).focus();
  await page.keyboard.down("Enter");
  await expect(sheet(page)).toBeVisible();
  const openedAt = await page.evaluate(() => performance.now());
  while ((await page.evaluate(() => performance.now())) < openedAt + 700) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  expect(posts).toEqual([]);
  await expect(stopNow(page, agent.id)).toBeVisible();
});

test("a release takes a reason and a second person, and the stop is kept in the history", async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  try {
    const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: null });
    const card = (page: Page) => page.getByRole("region", { name: "Release", exact: true });
    const first = await openAs(agent.team.business_owner, paths.stops());
    await first.getByRole("link", { name: `Open the stop of ${agent.id}`, exact: true }).click();
    await expect(first.getByRole("heading", { level: 1, name: `Stop of ${agent.id}` })).toBeVisible();
    await first.getByLabel("Why was it stopped?").fill("It refunds twice.");
    await first.getByRole("button", { name: "Add the reason" }).click();
    await expect(first.getByRole("region", { name: "Reason", exact: true })).toContainText("It refunds twice.");
    await expect(card(first).getByRole("button", { name: /^Release/ })).toHaveCount(0);
    await card(first).getByLabel(`Why may ${agent.id} be released?`).fill(why);
    await card(first).getByRole("button", { name: "Ask for release" }).click();
    await expect(card(first).getByRole("button", { name: `Release ${agent.id}` })).toHaveAccessibleDescription(/^You asked for it\. A release needs a second person\. Ask \w/);
    await expect(card(first).getByRole("button", { name: `Release ${agent.id}` })).toBeDisabled();
    await expect(card(first)).toContainText("A release permits a restart and does not cause one.");
    await expectGoodPage(first);
    expect((await authorityOf(request, agent)).level).toBe("stopped");

    const second = await openAs(agent.team.technical_owner, paths.stopOf(stopId));
    await expect(card(second)).toContainText(why);
    await card(second).getByRole("button", { name: `Release ${agent.id}` }).click();
    await expect(second.getByRole("heading", { level: 2, name: "This stop was released." })).toBeVisible();
    expect((await authorityOf(request, agent)).level).toBe("partial");
    expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ releasedBy: agent.team.technical_owner.name, releaseReason: why, reason: "It refunds twice." });
    // The page of the one who asked follows by itself.
    await expect(first.getByRole("heading", { level: 2, name: "This stop was released." })).toBeVisible();
    await second.goto(paths.stops());
    await expect(second.getByRole("table", { name: "Released stops" }).getByRole("row").filter({ hasText: agent.id })).toContainText(why);
    await expectGoodPage(second);
  } finally {
    await releaseAll(agent);
  }
});

test("a stop of somebody else appears on a page that is open", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  try {
    const page = await openAs(agent.team.model_steward, paths.agents());
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await engageStop(await agent.team.author.actor(), { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
    await expect(banner(page)).toContainText(`refund_create of ${agent.id}`);
    await banner(page).getByRole("link").click();
    await expect(page).toHaveURL(/\/stops(\/|$)/);
    await page.goto(paths.stops());
    await expect(page.getByRole("region", { name: `refund_create of ${agent.id}` })).toBeVisible();
  } finally {
    await releaseAll(agent);
  }
});
