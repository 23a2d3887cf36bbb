// What does axe find on a page as it stands? Each finding by its rule and the first places where it is.

import type { Page } from "@playwright/test";
import axe, { type RunOnly, type RunOptions } from "axe-core";

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

export type AxeFindings = { id: string; nodes: string[] }[];

/** The script is long: a document that was looked at before has it already. */
async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
}

/** Half-way from one scheme to the other, or from nothing to a dialog, nothing has its contrast. What never ends is let be. */
const untilStill = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    // What was changed a moment ago begins to move with the next picture.
    await new Promise(requestAnimationFrame);
    const moving = document.getAnimations().filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime)));
    await Promise.all(moving.map((animation) => animation.finished.catch(() => undefined)));
  });

/** There are no frames, and nothing that axe would have to fetch. */
const OPTIONS: RunOptions = { resultTypes: ["violations"], iframes: false, preload: false };

export async function axeFindings(page: Page, runOnly: RunOnly): Promise<AxeFindings> {
  await bringAxe(page);
  await untilStill(page);
  return page.evaluate(async (options) => {
    const found = await window.axe?.run(document, options);
    if (!found) throw new Error("axe is gone");
    return found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 5).map(({ target }) => target.join(" ")) }));
  }, { ...OPTIONS, runOnly });
}
