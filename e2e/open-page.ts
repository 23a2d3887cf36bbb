// When does a page answer presses? What is pressed or typed before React has taken it over may be lost; people are slower than specs.

import type { Locator, Page } from "@playwright/test";

/** React leaves a mark on each element that it has taken over. The hidden fields that let a form work without it stay the server's, and the plain stop page is nobody's. */
const isTakenOver = (): boolean => {
  if (document.readyState === "complete" && ![...document.scripts].some(({ src }) => src.includes("/_next/"))) return true;
  const isMarked = (element: Element): boolean => Object.keys(element).some((key) => key.startsWith("__reactFiber$"));
  return document.readyState === "complete" && document.querySelector("main") !== null && [...document.querySelectorAll("main, a, button, select, textarea, input:not([type=hidden])")].every(isMarked);
};

/** What a page fetches when the browser has nothing to do, such as the sheet over the stop control, is begun and has come. */
const isFetched = (): boolean => {
  const come = new Set(performance.getEntriesByType("resource").map(({ name }) => name));
  return [...document.scripts].every(({ src, noModule }) => noModule || src === "" || come.has(src));
};

/** At each picture, as usual, it would take as long as what is waited for. */
const SELDOM = { polling: 100 };

/** Not with a clock of the spec's own in the page: then it cannot be seen what was fetched. */
export async function untilTakenOver(page: Page): Promise<void> {
  await page.waitForFunction(isTakenOver, undefined, SELDOM);
  // What listens for keys begins after the next picture, and what is fetched ahead when the browser is idle after that.
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(() => requestIdleCallback(() => resolve(), { timeout: 5_000 })))));
  await page.waitForFunction(isFetched, undefined, SELDOM);
}

export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await untilTakenOver(page);
}

export const linkTo = (page: Page, href: string): Locator => page.locator(`a[href="${href}"]`).filter({ visible: true }).first();
