import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { expect, test } from "./fixtures.ts";
import { sharedHouse, type House } from "./make-house.ts";
import { openPage } from "./open-page.ts";
import { stopControl, stopNow } from "./stop-control.ts";
import { openSheet, sheet, watchPresses } from "./stop-sheet.ts";

interface StoppedFrom {
  path: string;
  /** What the second press stops, as it is sent and as the button says it. */
  scope: string;
  name: string;
  /** Which key that press is. */
  key: string;
}

const ofHouse = async (): Promise<StoppedFrom[]> =>
  [
    paths.now(), paths.inbox(), paths.agents(), paths.newAgent(), paths.changes(), paths.rollouts(), paths.actions(), paths.undos(), paths.runs(), paths.risk(), paths.portfolio(), paths.stops(), paths.log(),
    paths.settingsMe(), paths.settingsPeople(), paths.settingsReviewPolicy(),
  ].map((path) => ({ path, scope: "fleet", name: "the whole fleet", key: "Alt+f" }));

async function ofAgent({ agent, openChangeId, findingId, runId, rolloutId }: House): Promise<StoppedFrom[]> {
  const { candidateId } = await prisma().rollout.findUniqueOrThrow({ where: { id: rolloutId } });
  const { number } = await prisma().agentVersion.findUniqueOrThrow({ where: { id: candidateId } });
  const actionId = await storeAction(agent.id, { state: "expired" });
  const { id } = agent;
  return [
    ...[
      paths.agent(id), paths.agentCard(id), paths.agentVersions(id), paths.agentAuthority(id), paths.agentMetrics(id), paths.tierGuide(id), paths.change(openChangeId), paths.finding(findingId), paths.run(runId), paths.action(actionId),
    ].map((path) => ({ path, scope: `agent:${id}`, name: id, key: "Enter" })),
    { path: paths.rollout(rolloutId), scope: `version:${candidateId}`, name: `version ${number} of ${id}`, key: "Enter" },
  ];
}

for (const [what, listed] of [["the house", ofHouse], ["an agent", async () => ofAgent(await sharedHouse())]] as const) {
  test(`from every page about ${what} the second interaction is the stop, by mouse and by keyboard, with one request`, async ({ makePerson, openAs, isMobile }) => {
    test.setTimeout(180_000);
    const stoppedFrom = await listed();
    const page = await openAs(await makePerson("Ana Ruiz", ["administrator", "operator"]), paths.inbox());
    // The house of the specs must not be stopped: what the press sends is caught on its way.
    const caught: string[] = [];
    await page.route((url) => url.pathname === paths.stop(), async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      caught.push(new URLSearchParams(route.request().postData() ?? "").get("scope") ?? "");
      return route.abort();
    });
    for (const { path, scope, name, key } of stoppedFrom) {
      await openPage(page, path);
      for (const way of isMobile ? (["pointer"] as const) : (["pointer", "keys"] as const)) {
        await expect(stopControl(page), path).toBeInViewport({ ratio: 1 });
        caught.length = 0;
        if (way === "keys") await stopControl(page).focus();
        const { interactions } = await watchPresses(page);
        await openSheet(page, () => (way === "keys" ? page.keyboard.press("Enter") : stopControl(page).click()));
        if (way === "keys") await page.keyboard.press(key);
        else await stopNow(page, name).click();
        await expect(sheet(page).getByRole("alert").filter({ hasText: "Holdpoint has not answered." }), path).toBeVisible();
        expect([await interactions(), caught], `${path} by ${way}`).toEqual([2, [scope]]);
        await page.keyboard.press("Escape");
        await expect(stopControl(page)).toBeFocused();
      }
    }
  });
}
