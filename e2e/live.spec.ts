import type { Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { INBOX_PAGE } from "../lib/queries/inbox.ts";
import { expect, expectGoodPage, manifestOf, test, type TestAgent, type TestPerson } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { readWhatChanges } from "./read-what-changes.ts";

const liveState = (page: Page): Locator => page.getByRole("banner").getByRole("button", { name: /updates$/ });
const stopControl = (page: Page): Locator => page.locator("[data-stop-control]").filter({ visible: true });

test("without the house a page says so in a word, nothing is decided from it, and Stop stays", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
  const page = await openAs(agent.team.model_steward, paths.change(change?.id ?? ""));
  await expect(liveState(page)).toContainText("Live");
  const approve = page.getByRole("button", { name: /^Approve/ });
  await readWhatChanges(page);
  await expect(approve).toBeEnabled();

  const before = await page.getByRole("heading", { level: 1 }).boundingBox();
  await page.context().setOffline(true);
  await expect(liveState(page)).toContainText("Offline");
  const notice = page.getByRole("status").filter({ hasText: /^Offline: what is shown is from \d\d:\d\d:\d\d UTC. Stop can still be pressed.$/ });
  await expect(notice).toBeInViewport();
  expect(await page.getByRole("heading", { level: 1 }).boundingBox(), "nothing moves for it").toEqual(before);
  await expect(approve).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText(/What is shown is from \d\d:\d\d:\d\d UTC and may have changed/)).toBeVisible();
  await expect(stopControl(page)).toBeEnabled();
  await expectGoodPage(page);

  await page.context().setOffline(false);
  await expect(liveState(page)).toContainText("Live");
  await expect(notice).toHaveCount(0);
  await expect(approve).not.toHaveAttribute("aria-disabled", "true");
});

test("a stream on which nothing comes is opened anew", ONE_WIDTH, async ({ makePerson, page, signInAs }) => {
  await signInAs(await makePerson("Ola Operator", ["operator"]));
  let opened = 0;
  // Open on this side only: no answer, and no error either.
  await page.route("**/api/console/stream", () => {
    opened++;
  });
  await page.clock.install();
  await page.goto(paths.now());
  await expect.poll(() => opened).toBe(1);
  await page.clock.runFor(25_000);
  await expect.poll(() => opened).toBeGreaterThan(1);
  await page.unroute("**/api/console/stream");
});

test("updates are paused and resumed by hand and by key, and what happened meanwhile comes then", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  // Among what waits for this person, so that the page is not full of what other specs left for others.
  const page = await openAs(agent.team.model_steward, paths.inbox({ tab: "mine" }));
  await liveState(page).click();
  await expect(liveState(page)).toContainText("Paused");
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: `You handle refunds of ${agent.id}.` }));
  const row = page.locator(`a[href="${paths.change(change?.id ?? "")}"]`);
  if (isMobile) await liveState(page).click();
  else await page.keyboard.press("Shift+.");
  await expect(liveState(page)).toContainText("Live");
  await page.mouse.move(5, 5);
  await expect(row.or(page.getByRole("button", { name: /\d+ new/ })).first()).toBeVisible();
});

test("anything is found with a chord, a few letters and Enter", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.author, paths.log());
  await page.keyboard.press("ControlOrMeta+k");
  const field = page.getByRole("combobox", { name: "Agent, change, run, ID" });
  await expect(field).toBeFocused();
  await page.keyboard.type(agent.id);
  const first = page.getByRole("option").first();
  await expect(first).toContainText(agent.id);
  await expect(first).toHaveAttribute("aria-selected", "true");
  await expectGoodPage(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${paths.agent(agent.id)}$`));

  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.type("no such thing anywhere");
  await expect(page.getByText("Nothing is called so.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Search" })).toBeFocused();
});

test("letters lead to every place, never while somebody types, and can be switched off", ONE_WIDTH, async ({ makePerson, openAs }) => {
  const page = await openAs(await makePerson("Ola Operator", ["operator"]), paths.inbox());
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/changes$/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await expectGoodPage(page);
  await page.keyboard.press("Escape");

  await openPage(page, paths.agents());
  await page.getByRole("searchbox").or(page.getByRole("textbox")).first().click();
  await page.keyboard.type("gr");
  await expect(page).toHaveURL(/\/agents$/);

  await openPage(page, paths.settingsMe());
  await page.getByRole("checkbox", { name: /Single letters are commands/ }).uncheck();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.keyboard.press("ControlOrMeta+.");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/me$/);
});

test("a key is exchanged for another one on this device, never for one that is taken, and Stop's own too", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  await agent.register(manifestOf({ label: "1.1", prompt: `You handle refunds of ${agent.id}.` }));
  const page = await openAs(agent.team.model_steward, paths.settingsKeyboard());
  const keys = page.getByRole("list", { name: "Keys" });
  const rowOf = (does: string) => keys.getByRole("listitem").filter({ hasText: does });
  await rowOf("Next row").getByRole("button").click();
  await page.keyboard.press("k");
  await expect(rowOf("Next row").getByRole("status")).toHaveText("k is taken: Previous row.");
  await expectGoodPage(page);
  await page.keyboard.press("z");
  await expect(rowOf("Next row").getByRole("status")).toHaveText("z from now on.");
  await rowOf("Stop").getByRole("button").click();
  await page.keyboard.press("Alt+s");
  await expect(rowOf("Stop").getByRole("status")).toHaveText("Alt S from now on.");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);

  await openPage(page, paths.inbox({ tab: "mine" }));
  const first = page.getByRole("list", { name: "Waiting" }).getByRole("link").first();
  await expect(page.getByText("z next, k previous, also across pages")).toBeVisible();
  await page.keyboard.press("j");
  await expect(first).not.toBeFocused();
  await page.keyboard.press("z");
  await expect(first).toBeFocused();
  await page.keyboard.press("ControlOrMeta+.");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await page.keyboard.press("Alt+s");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" }).getByRole("row").filter({ hasText: "Next row" })).toContainText("z");
});

/** The inbox with one change that waits; `comes` proposes another one and tells where its row will be. */
async function inboxWithOne(agent: TestAgent, openAs: (person: TestPerson, path: string) => Promise<Page>) {
  const propose = async (label: string, prompt: string): Promise<string> => (await agent.register(manifestOf({ label, prompt }))).change?.id ?? "";
  const first = await propose("1.1", `You handle refunds of ${agent.id}.`);
  const page = await openAs(agent.team.model_steward, paths.log());
  await page.clock.install();
  await page.goto(paths.inbox({ tab: "mine" }));
  const rowOf = (changeId: string) => page.getByRole("list", { name: "Waiting" }).locator(`a[href="${paths.change(changeId)}"]`);
  return { page, row: rowOf(first), comes: async () => rowOf(await propose("1.2", `You handle refunds of ${agent.id}, briefly.`)) };
}

test("rows hold while somebody is in the list and for two seconds after, then what is new comes", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { page, row, comes } = await inboxWithOne(await makeAgent(), openAs);
  await row.hover();
  const before = await row.boundingBox();
  const newcomer = await comes();
  await expect(page.getByRole("button", { name: /^\d+ new$/ })).toBeVisible();
  expect(await row.boundingBox()).toEqual(before);
  await page.mouse.move(5, 5);
  await page.clock.runFor(1_900);
  await expect(newcomer).toHaveCount(0);
  await page.clock.runFor(200);
  await expect(newcomer).toBeVisible();
});

test("where there are only fingers rows stand still all the time, and what is new comes when it is asked for", async ({ makeAgent, openAs, isMobile }) => {
  test.skip(!isMobile, "a pointer is seen before it presses");
  const { page, row, comes } = await inboxWithOne(await makeAgent(), openAs);
  await expect(row).toBeVisible();
  const before = await row.boundingBox();
  const newcomer = await comes();
  const pill = page.getByRole("button", { name: /^\d+ new$/ });
  await expect(pill).toBeVisible();
  await page.clock.runFor(10_000);
  await expect(newcomer).toHaveCount(0);
  expect(await row.boundingBox()).toEqual(before);
  await expectGoodPage(page);
  await pill.tap();
  await expect(newcomer).toBeVisible();
});

test("j and k go on across pages", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const at = new Date();
  await prisma().finding.createMany({
    data: Array.from({ length: INBOX_PAGE + 3 }, (_, index) => ({
      id: `fi_${agent.id}_${String(index).padStart(3, "0")}`, agentId: agent.id, kind: "unreviewed_change", about: String(index), sentence: `Number ${index} differs.`, openedAt: at, lastSeenAt: at, evidence: { versionLabel: "1.0", differences: [] },
    })),
  });
  try {
    const page = await openAs(agent.team.model_steward, paths.inbox({ tab: "mine" }));
    const rows = page.getByRole("list", { name: "Waiting" }).getByRole("link");
    await expect(rows).toHaveCount(INBOX_PAGE);
    await rows.last().focus();
    await page.keyboard.press("j");
    await expect(page).toHaveURL(/after=/);
    await expect(rows.first()).toBeFocused();
    expect(await rows.count()).toBeLessThan(INBOX_PAGE);
    await page.keyboard.press("k");
    await expect(page).toHaveURL(/before=/);
    await expect(rows.last()).toBeFocused();
    await expectGoodPage(page);
  } finally {
    await prisma().finding.deleteMany({ where: { agentId: agent.id } });
  }
});
