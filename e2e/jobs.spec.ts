// Jobs that nobody may need many presses for: to see how the fleet is, and what explains a run.

import type { Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { countInteractions } from "./count-interactions.ts";
import { expect, manifestOf, test } from "./fixtures.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";
import { releaseAll } from "./stop-control.ts";

const FAILURE = "The payment was refused by the bank.";

/** On a phone the bar at the bottom hides what is under it. */
async function expectInSight(page: Page, part: Locator, isMobile: boolean): Promise<void> {
  await expect(part).toBeInViewport({ ratio: 1 });
  if (!isMobile) return;
  const [box, bar] = [await part.boundingBox(), await page.getByRole("navigation", { name: "Main" }).filter({ visible: true }).boundingBox()];
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
}

test("how the fleet is needs no press: the sentence, the five figures and the first that needs somebody are in the window", async ({ page, isMobile, makeAgent, makePerson, signInAs }) => {
  const agent = await makeAgent({ isBare: true });
  await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: null });
  try {
    await signInAs(await makePerson("Ana Ruiz", ["operator"]));
    await page.goto(paths.now());
    await expectInSight(page, page.getByRole("heading", { level: 1 }), isMobile);
    const figures = page.getByRole("list", { name: "Counts" }).getByRole("link");
    await expect(figures).toHaveCount(5);
    for (const figure of await figures.all()) await expectInSight(page, figure, isMobile);
    await expectInSight(page, page.getByRole("list", { name: "Needs you" }).getByRole("listitem").first().getByRole("link").first(), isMobile);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  } finally {
    await releaseAll(agent);
  }
});

test("from the list of runs two presses, or two keys, lead to the span that explains it", async ({ page, isMobile, makeAgent, signInAs }) => {
  const agent = await makeAgent();
  const spans = aRefund({ prompt: manifestOf().prompt as string, error: FAILURE });
  const conversationId = await sendRun(await agent.key(), { agentId: agent.id, spans });
  await until(async () => (await prisma().run.findFirst({ where: { conversationId } }))?.spanCount === spans.length, "the run is there");
  await signInAs(agent.team.technical_owner);
  const detail = page.getByRole("region", { name: "Selected span" });
  for (const way of isMobile ? (["pointer"] as const) : (["pointer", "keys"] as const)) {
    await page.goto(paths.runs({ agent: agent.id }));
    await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
    const run = page.getByRole("table", { name: "Runs, newest first" }).getByRole("link", { name: "order 5498" });
    const interactions = await countInteractions(page);
    if (way === "pointer") await run.click();
    else {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
    }
    const failed = page.getByRole("list", { name: "Spans" }).getByRole("link").filter({ hasText: "refund_create" });
    await expect(failed, way).toHaveAttribute("aria-current", "true");
    await expect(failed, way).toBeInViewport();
    // On a phone the list comes first, and its span opens over it.
    if (isMobile) await failed.click();
    await expect(detail.getByRole("heading", { name: "refund_create" }), way).toBeInViewport();
    await expect(detail.getByText(FAILURE), way).toBeInViewport();
    expect(await interactions(), way).toBeLessThanOrEqual(2);
  }
});
