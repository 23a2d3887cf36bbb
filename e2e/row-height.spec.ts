// How high rows are is a person's own choice, on this device, and is there before anything is painted.

import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { untilTakenOver } from "./open-page.ts";

test("rows are as high as somebody chose on this device, from the first moment", async ({ isMobile, makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.technical_owner, paths.agents({ q: agent.id }));
  const row = page.getByRole("table", { name: "Agents" }).getByRole("row").filter({ hasText: agent.id });
  const height = async () => Math.round((await row.boundingBox())?.height ?? 0);
  const before = await height();
  if (isMobile) {
    await expect(page.getByRole("group", { name: "Row height" })).toHaveCount(0);
    await page.evaluate(() => localStorage.setItem("holdpoint-rows", "compact"));
    await page.reload();
    expect(await height()).toBe(before);
    return;
  }
  await page.getByRole("group", { name: "Row height" }).getByRole("radio", { name: "High rows" }).check();
  await expect.poll(height).toBe(before + 16);
  await page.getByRole("radio", { name: "Compact rows" }).check();
  await expect.poll(height).toBe(before - 8);
  await expectGoodPage(page);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(paths.agents({ q: agent.id }));

  await page.addInitScript(() => {
    const shifts = window as Window & { shift?: number };
    shifts.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.shift = (shifts.shift ?? 0) + ((entry as PerformanceEntry & { value?: number }).value ?? 0);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.reload();
  await untilTakenOver(page);
  expect(await height()).toBe(before - 8);
  expect(await page.evaluate(() => (window as Window & { shift?: number }).shift)).toBeLessThanOrEqual(0.05);

  await page.goto(paths.settingsMe());
  const choice = page.getByRole("group", { name: "Row height" });
  await expect(choice.getByRole("radio", { name: "Compact rows" })).toBeChecked();
  await choice.getByRole("radio", { name: "Rows as they come" }).check();
  await page.goto(paths.agents({ q: agent.id }));
  await expect.poll(height).toBe(before);
});
