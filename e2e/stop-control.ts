// What every spec of a stop presses and asks, whichever page it is on.

import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { askRelease, releaseStop } from "../lib/operations/stops.ts";
import type { TestAgent } from "./fixtures.ts";

export const why = "The bank answers again.";
export const stopControl = (page: Page): Locator => page.getByRole("link", { name: "Stop", exact: true }).filter({ visible: true });
export const stopNow = (page: Page, name: string): Locator => page.getByRole("button", { name: `Stop ${name} now` });

export async function authorityOf(request: APIRequestContext, agent: TestAgent): Promise<{ level: string; stoppedTools: { tool: string }[] }> {
  const answer = await request.get(`/v1/agents/${agent.id}/authority`, { headers: { authorization: `Bearer ${await agent.key(["authority"])}` } });
  return (await answer.json()) as { level: string; stoppedTools: { tool: string }[] };
}

/** The specs share a house: nobody else should find it stopped. */
export async function releaseAll({ id, team }: TestAgent): Promise<void> {
  const versions = await prisma().agentVersion.findMany({ where: { agentId: id }, select: { id: true } });
  const stops = await prisma().stop.findMany({ where: { releasedAt: null, OR: [{ target: { in: [id, ...versions.map((version) => version.id)] } }, { target: { startsWith: `${id}/` } }] } });
  for (const { id: stopId } of stops) {
    await askRelease(await team.business_owner.actor(), { stopId, reason: why });
    await releaseStop(await team.model_steward.actor(), { stopId });
  }
}

export async function expectLargeEnough(control: Locator): Promise<void> {
  await expect(control).toBeInViewport({ ratio: 1 });
  const box = await control.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(48);
  expect(Number.parseFloat(await control.evaluate((element) => getComputedStyle(element).fontSize))).toBeGreaterThanOrEqual(16);
}
