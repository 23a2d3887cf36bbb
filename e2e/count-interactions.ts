// How many presses does a job take?

import type { Page } from "@playwright/test";

/** Presses of a person since this call: of a pointer, and of keys that are no modifiers; a chord counts once. A page that is loaded anew has counted nothing. */
export async function countInteractions(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const isWatched = document.documentElement.dataset.presses !== undefined;
    document.documentElement.dataset.presses = "0";
    if (isWatched) return;
    const count = (event: Event) => {
      const isNoPress = event instanceof KeyboardEvent && (event.repeat || ["Alt", "Control", "Meta", "Shift"].includes(event.key));
      if (event.isTrusted && !isNoPress) document.documentElement.dataset.presses = String(Number(document.documentElement.dataset.presses) + 1);
    };
    addEventListener("pointerdown", count, true);
    addEventListener("keydown", count, true);
  });
  return () => page.evaluate(() => Number(document.documentElement.dataset.presses));
}
