import { prisma } from "../lib/database/database.ts";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { releaseAll, why } from "./stop-control.ts";

test("a release starts nothing: the runs that were cut go on when somebody says so on the stop's page", async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  const key = await agent.key(["authority"]);
  const reasonOf = async (conversationId: string): Promise<string> => {
    const answer = await fetch(`${process.env.E2E_URL}/v1/gate/check`, { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ agent: { id: agent.id }, tool: { name: "order_get" }, conversationId, input: {} }) });
    return ((await answer.json()) as { reason: string }).reason;
  };
  const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "agent", target: agent.id, reason: null });
  try {
    expect([await reasonOf("run <b>one</b>"), await reasonOf("run two")]).toEqual(["kill_switch", "kill_switch"]);
    const page = await openAs(agent.team.business_owner, paths.stopOf(stopId));
    const card = page.getByRole("region", { name: "Runs it cut" });
    await expect(card).toContainText("2 runs were refused a call. The release will start none of them again.");
    await expect(card.getByRole("listitem").filter({ hasText: "run <b>one</b>" })).toHaveCount(1);
    await expect(card.getByRole("button")).toHaveCount(0);
    await expectGoodPage(page);

    await askRelease(await agent.team.business_owner.actor(), { stopId, reason: why });
    await releaseStop(await agent.team.model_steward.actor(), { stopId });
    await expect(card).toContainText("They stay cut, whoever tries again, until somebody says that they may go on. New runs need no word.");
    expect([await reasonOf("run two"), await reasonOf("run three")]).toEqual(["run_cut", "permitted"]);
    await expectGoodPage(page);
    const viewer = await openAs(await makePerson("Vera Viewer"), paths.stopOf(stopId));
    await expect(viewer.getByRole("button", { name: "Let 2 runs go on" })).toHaveAttribute("aria-disabled", "true");
    const agentPage = await openAs(agent.team.technical_owner, paths.agent(agent.id));
    await agentPage.getByRole("region", { name: "Open items" }).getByRole("link", { name: "1 run stays cut since a release" }).click();
    await expect(agentPage.getByRole("region", { name: "Runs it cut" })).toBeInViewport();

    await card.getByRole("button", { name: "Let 2 runs go on" }).click();
    await expect(card).toContainText(`${agent.team.business_owner.name} let them go on`);
    await expect(card.getByRole("button")).toHaveCount(0);
    await expect(page.getByRole("list", { name: "Times" })).toContainText("let the runs go on that it cut");
    expect(await reasonOf("run two")).toBe("permitted");
    await expectGoodPage(page);
    expect(await prisma().logEntry.count({ where: { subject: stopId, kind: "stop.restarted" } })).toBe(1);
  } finally {
    await releaseAll(agent);
  }
});
