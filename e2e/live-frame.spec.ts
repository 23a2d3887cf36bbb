import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { expect, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

const liveWord = (page: Page) => page.getByRole("button", { name: /^(Live|Delayed|Offline|Paused)/ });
const palette = (page: Page) => page.getByRole("dialog", { name: "Search" });

/** What the browser does when another tab comes to the front. */
const show = (page: Page, state: "hidden" | "visible") =>
  page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);

test("a ninth tab opens at once, because tabs that nobody sees hold no stream", ONE_WIDTH, async ({ makePerson, openAs }) => {
  const first = await openAs(await makePerson("Ola Operator", ["operator"]), paths.inbox());
  for (let tab = 2; tab <= 9; tab++) {
    const front = await first.context().newPage();
    await Promise.all(first.context().pages().filter((page) => page !== front).map((page) => show(page, "hidden")));
    await front.goto(paths.inbox(), { waitUntil: "domcontentloaded", timeout: 10_000 });
    await expect(liveWord(front)).toBeVisible();
  }
});

test("paused holds the page, also when somebody comes back to its window; the key does the same", async ({ makePerson, openAs, isMobile }) => {
  const page = await openAs(await makePerson("Ola Operator", ["operator"]), paths.inbox());
  await liveWord(page).click();
  await expect(liveWord(page)).toHaveText(/Paused/);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await show(page, "hidden");
  await show(page, "visible");
  await page.evaluate(() => fetch("/api/console/search?q=sentinel"));
  expect(asked.filter((path) => path.startsWith("/api/console/"))).toEqual(["/api/console/search"]);
  if (isMobile) return;
  await page.keyboard.press("Shift+Period");
  await expect(liveWord(page)).toHaveText(/Live/);
  await page.evaluate(() => localStorage.setItem("holdpoint-keys", "off"));
  await page.keyboard.press("Shift+Period");
  await page.keyboard.press("/");
  await expect(palette(page)).toBeHidden();
  await expect(liveWord(page)).toHaveText(/Live/);
});

test("four letters and Enter open an agent, however fast they are written, and never what fewer letters found", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const page = await openAs(agent.team.author, paths.inbox());
  const row = page.locator("main a").first();
  await row.focus();
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();

  await page.route("**/api/console/search**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await page.keyboard.type(agent.id.slice(-4));
  await expect(palette(page).getByRole("option", { name: agent.id })).toBeVisible();
  await page.keyboard.type("zzqq");
  await page.keyboard.press("Enter");
  await expect(palette(page).getByRole("status")).toContainText("Nothing is called so");
  await expect(page).toHaveURL(paths.inbox());
  // Left and opened again before the browser has told that it was closed.
  const left = await palette(page).elementHandle();
  await palette(page).evaluate((dialog: HTMLDialogElement) => {
    dialog.close();
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", code: "KeyK", ctrlKey: true }));
  });
  await expect.poll(() => left?.evaluate((element) => element.isConnected)).toBe(false);
  await expect(palette(page)).toBeVisible();
  await page.keyboard.type(agent.id.slice(-4));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(paths.agent(agent.id));
});
