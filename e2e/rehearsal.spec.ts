import { prisma } from "../lib/database/database.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { EnforcementPoint } from "../sdk/src/enforcement-point.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openRawPoint } from "./raw-point.ts";
import { authorityOf, releaseAll } from "./stop-control.ts";

test("a rehearsal is marked as one, is answered by the points, and stops nobody", async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  const point = new EnforcementPoint({ url: process.env.E2E_URL ?? "", apiKey: await agent.key(["authority"]), agentId: agent.id, name: "worker 1" });
  try {
    await point.start();
    const page = await openAs(agent.team.author, paths.stops());
    const card = page.getByRole("region", { name: "Rehearse a stop" });
    await card.getByLabel("What the rehearsal covers").selectOption(`agent:${agent.id}`);
    await card.getByRole("button", { name: "Start the rehearsal" }).click();
    await expect(card).toContainText(/Rehearsal passed: 1 of 1 point answered/);
    await expect(page.getByRole("table", { name: "Past rehearsals" }).getByRole("row").filter({ hasText: agent.id })).toContainText("Passed");
    await expectGoodPage(page);
    expect((await authorityOf(request, agent)).level).toBe("partial");
    expect(await prisma().stop.count({ where: { target: agent.id } })).toBe(0);
  } finally {
    await point.close();
  }
});

test("a rehearsal of whose end the page hears before its card has asked is told as over", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  await openRawPoint(agent, "worker 1");
  const page = await openAs(agent.team.author, paths.stops());
  // Never answered.
  await page.route("**/api/console/stops/drills/*", () => undefined);
  const card = page.getByRole("region", { name: "Rehearse a stop" });
  await card.getByLabel("What the rehearsal covers").selectOption(`agent:${agent.id}`);
  await card.getByRole("button", { name: "Start the rehearsal" }).click();
  await expect(card).toContainText("Rehearsal: 0 of 1 point answered so far.");
  // Another process ends it.
  await prisma().rehearsal.updateMany({ where: { target: agent.id }, data: { endedAt: new Date(), isProven: true, expected: 1, answered: 1, worstMs: 41 } });
  // Now the whole page is read again.
  const another = await makeAgent();
  try {
    await engageStop(await agent.team.author.actor(), { scope: "agent", target: another.id, reason: "To be seen on the page." });
    await expect(card).toContainText("Rehearsal passed: 1 of 1 point answered, the last after 41 ms.");
  } finally {
    await releaseAll(another);
  }
});
