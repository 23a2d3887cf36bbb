import { askRelease, engageStop } from "../lib/operations/stops.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { openPage } from "./open-page.ts";
import { releaseAll, why } from "./stop-control.ts";
import { openSheet, sheet } from "./stop-sheet.ts";

test("whoever may not do a thing reads at the control whom to ask", async ({ makeAgent, makePerson, openAs, browser }) => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop. Be brief." }));
  await makePerson("Ada Administrator", ["administrator"]);
  const { stopId } = await engageStop(await agent.team.author.actor(), { scope: "tool", target: `${agent.id}/order_get`, reason: null });
  try {
    const viewer = await openAs(await makePerson("Vera Viewer"), paths.agent(agent.id));
    await expect(viewer.getByRole("button", { name: "Propose change" })).toHaveAccessibleDescription("Only the agent's technical owner, model steward or a key with the scope versions may register versions. Ask Priya Nair or Daniel Okafor.");
    await expectGoodPage(viewer);
    await openSheet(viewer);
    await expect(sheet(viewer)).toContainText(/may engage a kill switch\. Ask \w/);
    const bare = await browser.newContext({ javaScriptEnabled: false, storageState: await viewer.context().storageState() });
    const plain = await bare.newPage();
    await plain.goto(paths.stop({ scope: `agent:${agent.id}` }));
    await expect(plain.getByText(/^You may look, and not stop\. Only .+ may engage a kill switch\. Ask \w/)).toBeVisible();
    await bare.close();

    const author = await openAs(agent.team.author, paths.change(change?.id ?? ""));
    await expect(author.getByRole("region", { name: "Decide" }).getByText(/somebody else decides\. Ask (?:Ingrid Holm|Priya Nair|Daniel Okafor)/)).toBeVisible();
    await expectGoodPage(author);

    const asking = agent.team.business_owner;
    await askRelease(await asking.actor(), { stopId, reason: why });
    const second = await openAs(asking, paths.stopOf(stopId));
    await expect(second.getByRole("button", { name: /^Release / })).toHaveAccessibleDescription(/^You asked for it\. A release needs a second person\. Ask \w/);
    await expectGoodPage(second);
    await openPage(second, paths.settingsPrices());
    await expect(second.getByRole("button", { name: "Add this price" })).toHaveAccessibleDescription(/^Only an administrator may edit prices\. Ask \w/);
  } finally {
    await releaseAll(agent);
  }
});
