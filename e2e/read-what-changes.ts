// Nobody approves a change before what it changes was in the window.

import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** Line by line, as somebody reads who scrolls. */
export async function readWhatChanges(page: Page): Promise<void> {
  const card = page.getByRole("region", { name: /^What it (could do|would change)/ });
  await expect(card).toBeVisible();
  for (const line of await card.locator("[data-differs]").all()) {
    await line.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await expect(line).toBeInViewport({ ratio: 1 });
  }
}
