// From /now to "Approved": how many presses it takes, and whether what changes was in the window before the button could be pressed.

import type { Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import type { Manifest } from "../lib/domain/manifest.ts";
import { approveChange, recordSuiteResult } from "../lib/operations/changes.ts";
import { proposeStage } from "../lib/operations/stages.ts";
import { paths } from "../lib/paths.ts";
import { countInteractions } from "./count-interactions.ts";
import { expect, expectGoodPage, manifestOf, test, type TestAgent, type TestPerson } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

/** The refund tool pays back more; `tools` more tools of which each is a line. */
function wider(tools = 0): Manifest {
  const inputSchema = { type: "object", properties: { order: { type: "string" }, amount: { type: "number", maximum: 500 } }, required: ["order", "amount"] };
  const more = Array.from({ length: tools }, (_, index) => ({ name: `letter_${index + 1}`, description: "Sends a letter.", effect: "write" as const, system: "post", inputSchema: { type: "object" } }));
  return manifestOf({ label: "1.1", tools: [...manifestOf().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, inputSchema } : tool)), ...more] });
}

/** Everything is there but the word of the business owner. */
async function lacksOneApproval(agent: TestAgent, manifest = wider()): Promise<string> {
  const { change } = await agent.register(manifest);
  const { id = "", fingerprint = "" } = await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } });
  const steward = await agent.team.model_steward.actor();
  for (const suite of ["golden", "regression", "red_team"] as const) await recordSuiteResult(steward, { changeId: id, suite, fingerprint, passed: 60, failed: 0, undecided: 0, url: null });
  await approveChange(await agent.team.technical_owner.actor(), { changeId: id, fingerprint, comment: null });
  return id;
}

const approve = (page: Page) => page.getByRole("region", { name: "Decide", exact: true }).getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ });
const delta = (page: Page) => page.getByRole("region", { name: "What it could do that it cannot do today" });
const approvalsOf = (changeId: string, agent: TestAgent): Promise<number> => prisma().review.count({ where: { changeId, personId: agent.team.business_owner.id } });

/** Frame by frame, from the first on: when each line of the delta had been inside the window, and when the button could be pressed. */
async function recordFrames(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const happened: string[] = [];
    const inside = new WeakSet<Element>();
    const isInside = (line: Element): boolean => {
      const { top, bottom } = line.getBoundingClientRect();
      if (top >= 0 && bottom <= innerHeight) inside.add(line);
      return inside.has(line);
    };
    const note = (what: string, isTrue: boolean) => {
      if (isTrue && !happened.includes(what)) happened.push(what);
    };
    const look = () => {
      const card = [...document.querySelectorAll("section")].find((section) => section.querySelector("h2")?.textContent === "What it could do that it cannot do today");
      const lines = [...(card?.querySelectorAll("li") ?? [])].filter((line) => line.querySelector(".verb")?.textContent !== "Same");
      note("read", lines.length > 0 && lines.map(isInside).every(Boolean));
      const button = [...document.querySelectorAll("button")].find(({ textContent }) => /^Approve [0-9a-f]{4} [0-9a-f]{4}$/.test(textContent ?? ""));
      note("enabled", button !== undefined && button.getAttribute("aria-disabled") !== "true");
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(window, { happened });
  });
  return () => page.evaluate(() => (window as unknown as { happened: string[] }).happened);
}

async function openNow(page: Page): Promise<void> {
  await page.goto(paths.now());
  await expect(page.getByRole("list", { name: "Counts" }).getByRole("link", { name: /^Waiting for you ?1$/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
}

/** The owner whose word is missing looks at Now; from here on presses count. */
async function beginAtNow(page: Page, agent: TestAgent, signInAs: (person: TestPerson) => Promise<void>) {
  const changeId = await lacksOneApproval(agent);
  await signInAs(agent.team.business_owner);
  const frames = await recordFrames(page);
  await openNow(page);
  return { changeId, frames, interactions: await countInteractions(page) };
}

/** In the window, and nothing sticks over it. */
const isUnderFinger = (control: Locator): Promise<boolean> => control.evaluate((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
});

/** Its rollout waits now, for an owner as well. */
async function expectNext(page: Page): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: "Approved. 1 left." })).toBeVisible();
  const next = page.getByRole("list", { name: "Next in the inbox" }).getByRole("link");
  await expect(next).toBeFocused();
  await expect(next).toHaveAttribute("href", /^\/rollouts\//);
}

test("from /now four presses of a pointer approve a change, after what it gains was in the window; then the focus is on what comes next", async ({ page, isMobile, makeAgent, signInAs }) => {
  const { changeId, frames, interactions } = await beginAtNow(page, await makeAgent(), signInAs);
  await page.getByRole("list", { name: "Counts" }).getByRole("link", { name: /^Waiting for you/ }).click();
  await page.getByRole("list", { name: "Waiting" }).getByRole("link").click();
  await expect(page).toHaveURL(paths.change(changeId));
  if (isMobile) await page.getByRole("link", { name: /^(Decide|What changes)$/ }).click();
  await expect.poll(() => isUnderFinger(approve(page)), "nobody has to scroll to it").toBe(true);
  await approve(page).click();
  await expect(page.getByRole("region", { name: "Decision", exact: true })).toContainText("Approved by Ingrid Holm");
  expect(await interactions()).toBeLessThanOrEqual(4);
  await expect.poll(frames).toEqual(["read", "enabled"]);
  await expectNext(page);
  await expectGoodPage(page);
});

test("from /now five keys approve a change, after what it gains was in the window", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const { changeId, frames, interactions } = await beginAtNow(page, agent, signInAs);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("list", { name: "Waiting" }).locator(`a[href="${paths.change(changeId)}"]`)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(approve(page)).toBeEnabled();
  await page.keyboard.press("a");
  await expect(approve(page)).toBeFocused();
  expect(await approvalsOf(changeId, agent)).toBe(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Decision", exact: true })).toContainText("Approved by Ingrid Holm");
  expect(await interactions()).toBeLessThanOrEqual(5);
  await expect.poll(frames).toEqual(["read", "enabled"]);
  await expectNext(page);
});

test("while a line of what changes was not in the window the button waits and says so; its link leads there, and what was read stays read", async ({ page, isMobile, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const changeId = await lacksOneApproval(agent, wider(20));
  await signInAs(agent.team.business_owner);
  await page.setViewportSize({ width: isMobile ? 360 : 1440, height: 560 });
  const frames = await recordFrames(page);
  await page.goto(paths.change(changeId));
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
  await expect(approve(page)).toBeDisabled();
  await expect(approve(page)).toHaveAccessibleDescription("Read what changes first.");
  await expectGoodPage(page);
  const lines = delta(page).getByRole("listitem");
  // The last lines alone are not all of them.
  await lines.last().scrollIntoViewIfNeeded();
  await expect(approve(page)).toBeDisabled();
  const leads = page.getByRole("link", { name: isMobile ? "What changes" : "Read what changes", exact: true });
  for (let screen = 0; screen < 10 && (await approve(page).isDisabled()); screen++) {
    // It goes as soon as the last line was read, also while it is being pressed.
    const isPressed = await leads.click({ timeout: 3_000 }).then(() => true, () => false);
    if (isPressed) await expect(lines.filter({ visible: true }).and(page.locator(":focus"))).toBeInViewport();
  }
  await expect(approve(page)).toBeEnabled();
  await expect.poll(frames).toEqual(["read", "enabled"]);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(approve(page)).toBeEnabled();
  // Another word in the meantime makes the form anew, for the same fingerprint.
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  await recordSuiteResult(await agent.team.model_steward.actor(), { changeId, suite: "golden", fingerprint, passed: 61, failed: 0, undecided: 0, url: null });
  await page.getByRole("button", { name: "Show the change as it is now" }).click();
  await expect(page.getByRole("region", { name: "History" })).toContainText("61 passed");
  await expect(approve(page)).toBeEnabled();
  expect(await approvalsOf(changeId, agent)).toBe(0);
});

/** What the window showed of the last press has been counted. */
const whenDrawn = (page: Page): Promise<void> => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn)))));

test("the key brings what changes into the window before it names the button, and a key that is still down is no yes", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const changeId = await lacksOneApproval(agent, wider(4));
  await signInAs(agent.team.business_owner);
  await page.setViewportSize({ width: 1440, height: 250 });
  const frames = await recordFrames(page);
  await page.goto(paths.change(changeId));
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
  await expect(approve(page)).toBeDisabled();
  await page.keyboard.press("a");
  await expect(delta(page).getByRole("listitem").first()).toBeInViewport();
  await expect(approve(page)).toBeFocused();
  await whenDrawn(page);
  await expect(approve(page), "there is more than the window shows at once").toBeDisabled();
  for (let screen = 0; screen < 10 && (await approve(page).isDisabled()); screen++) {
    await page.keyboard.down("Enter");
    await whenDrawn(page);
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    await whenDrawn(page);
  }
  await expect(approve(page)).toBeEnabled();
  await expect(approve(page)).toBeFocused();
  expect(await approvalsOf(changeId, agent)).toBe(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Decision", exact: true })).toContainText("Approved by Ingrid Holm");
  await expect.poll(frames).toEqual(["read", "enabled"]);
});

test("a proposal to change the stage has to be seen as well", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const { changeId } = await proposeStage(await agent.team.author.actor(), { agentId: agent.id, stage: "bounded", reason: "It did well." });
  await signInAs(agent.team.business_owner);
  await page.setViewportSize({ width: 1440, height: 260 });
  await page.goto(paths.change(changeId));
  // Before the page answers, the button waits in any case.
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(keys).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await expect(approve(page)).toBeDisabled();
  await page.getByRole("region", { name: "What it would change" }).scrollIntoViewIfNeeded();
  await expect(approve(page)).toBeEnabled();
});
