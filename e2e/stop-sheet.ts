import type { Locator, Page } from "@playwright/test";
import { countInteractions } from "./count-interactions.ts";
import { expect } from "./fixtures.ts";
import { stopControl } from "./stop-control.ts";

export const sheet = (page: Page): Locator => page.getByRole("alertdialog");
export const verdict = (page: Page): Locator => sheet(page).getByRole("heading", { level: 2 });
export const banner = (page: Page): Locator => page.getByRole("region", { name: "Engaged stops" });

/** The sheet takes no press in its first 300 ms, nor so soon after something moved under the finger. */
const untilSteady = (element: Locator): Promise<void> =>
  element.evaluate((opened) => new Promise<void>((resolve) => {
    const steady = () => {
      watch.disconnect();
      resolve();
    };
    let timer = setTimeout(steady, 400);
    const watch = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(steady, 400);
    });
    watch.observe(opened, { subtree: true, childList: true, characterData: true });
  }));

export async function openSheet(page: Page, press: () => Promise<void> = () => stopControl(page).click()): Promise<void> {
  await press();
  await expect(sheet(page)).toBeVisible();
  await expect(sheet(page).getByText("Counting")).toHaveCount(0);
  await untilSteady(sheet(page));
}

/** Presses of a person since the last reset, and what was sent to the door of stops. */
export async function watchPresses(page: Page): Promise<{ interactions: () => Promise<number>; posts: string[] }> {
  const posts: string[] = [];
  page.on("request", (sent) => {
    if (sent.method() === "POST" && new URL(sent.url()).pathname === "/stop") posts.push(sent.postData() ?? "");
  });
  return { posts, interactions: await countInteractions(page) };
}
