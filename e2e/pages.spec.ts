import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { recreate, TEMPLATE } from "../lib/testing/test-server.ts";
import { expect, expectGoodInBothSchemes, expectGoodPage, expectNoSidewaysScroll, test } from "./fixtures.ts";
import { sharedHouse, type House } from "./make-house.ts";
import { startProcess, until } from "./own-server.ts";

const LISTS = [paths.now(), paths.inbox(), paths.inbox({ tab: "findings" }), paths.inbox({ tab: "changes", tier: "1" }), paths.agents(), paths.changes(), paths.changes({ state: "all" }), paths.rollouts(), paths.rollouts({ state: "all" }), paths.actions(), paths.actions({ state: "all" }), paths.undos(), paths.actionQuality(), paths.changeQuality(), paths.nowNeeds(), paths.runs(), paths.risk(), paths.portfolio(), paths.stops(), paths.log()];
const NO_MATCH = [paths.agents({ q: "no such agent" }), paths.changes({ q: "no such change" }), paths.runs({ agent: "nobody" }), paths.rollouts({ agent: "nobody" }), paths.rollout("ro_none"), paths.risk({ q: "nobody" }), paths.log({ subject: "nothing" }), "/no/such/page", paths.agent("no-such-agent"), paths.change("ch_none")];
const SETTINGS = [
  paths.settings(), paths.settingsMe(), paths.settingsKeyboard(), paths.settingsPeople(), paths.settingsKeys(), paths.settingsPrices(), paths.settingsReviewPolicy(),
  paths.newAgent(),
];
const aboutAgent = ({ agent: { id } }: House) => [
  paths.agent(id), paths.agentAuthority(id), paths.agentCard(id), paths.agentVersions(id), paths.agentVersion(id, 1), paths.registerVersion(id), paths.agentMetrics(id), paths.agentQuality(id), paths.agentPolicy(id), paths.agentHooks(id), paths.agentReadiness(id), paths.tierGuide(id),
];
const aboutWork = ({ openChangeId, decidedChangeId, findingId, runId, rolloutId }: House) => [
  paths.rollout(rolloutId), paths.rollout(rolloutId, { view: "business" }),
  paths.change(openChangeId), paths.change(openChangeId, { tab: "tools" }), paths.change(decidedChangeId), paths.finding(findingId), paths.run(runId), paths.run(runId, { tab: "input" }),
];

const GROUPS: Readonly<Record<string, (house: House) => string[]>> = {
  lists: () => LISTS, "empty results": () => NO_MATCH, settings: () => SETTINGS, "one agent": aboutAgent, "changes, findings and runs": aboutWork,
};

function watchConsole(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    // A page that is not there answers 404, and the browser says so.
    if (message.type() === "error" && !/status of 404/.test(message.text())) said.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => said.push(`${page.url()}: ${error.message}`));
  return said;
}

/** Controls that can be seen, cannot be used, and do not say why. The arrows at the ends of a list say it by their place. */
const silentControls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const isSeen = (element: Element): boolean => element.checkVisibility() && element.getBoundingClientRect().width > 0;
    const reasonOf = (element: Element): string => {
      const described = (element.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)).filter((found) => found !== null && isSeen(found));
      return described.map((found) => found?.textContent ?? "").join(" ").trim();
    };
    const isExplained = (element: Element): boolean =>
      reasonOf(element) !== "" || [...(element.closest("form")?.querySelectorAll("[aria-disabled=true]") ?? [])].some((control) => isSeen(control) && reasonOf(control) !== "");
    return [...document.querySelectorAll("main :is(button, a, input, select, textarea):is([aria-disabled=true], :disabled)")]
      .filter((element) => isSeen(element) && !/^(Move|Remove) /.test(element.getAttribute("aria-label") ?? "") && !isExplained(element))
      .map((element) => element.outerHTML.slice(0, 200));
  });

/** `closely`: by axe, and on `both` in the other colour scheme as well. */
type Look = "both" | "closely" | "quickly";

async function expectPage(page: Page, path: string, look: Look): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 }), path).toHaveCount(1);
  await expect(page.getByText("Loading", { exact: true }), path).toHaveCount(0);
  expect(await silentControls(page), path).toEqual([]);
  if (look === "quickly") await expectNoSidewaysScroll(page);
  else await (look === "both" ? expectGoodInBothSchemes : expectGoodPage)(page);
}

/** A phone shows the same parts as a wide page, in the scheme that the specs leave out there. */
const lookAtWidth = (isMobile: boolean): Look => (isMobile ? "closely" : "both");
/** To a viewer a list is the same as to everybody but for what may be pressed, and no page has colours of its own. */
const lookOfViewer = (group: string): Look => (group === "lists" || group === "empty results" ? "quickly" : "closely");

for (const [group, pathsOf] of Object.entries(GROUPS)) {
  for (const role of ["administrator", "viewer"] as const) {
    test(`${group}, as ${role}: accessible, one heading, nothing in the console, a reason at what is disabled`, async ({ page, signInAs, isMobile }) => {
      test.skip(isMobile && role === "viewer", "the administrator sees the same and more at that width");
      test.setTimeout(180_000);
      const made = await sharedHouse();
      await signInAs(made[role]);
      const said = watchConsole(page);
      for (const path of pathsOf(made)) {
        await test.step(path, async () => {
          await expectPage(page, path, role === "viewer" ? lookOfViewer(group) : lookAtWidth(isMobile));
          if (!isMobile) return;
          await page.setViewportSize({ width: 320, height: 740 });
          await expectNoSidewaysScroll(page);
          await page.setViewportSize({ width: 360, height: 740 });
        });
      }
      expect(said).toEqual([]);
    });
  }
}

test("the sign-in page is a good page, also with a refusal on it", async ({ page }) => {
  await sharedHouse();
  const said = watchConsole(page);
  await expectPage(page, "/sign-in?from=%2Fruns", "both");
  await page.getByLabel("E-mail address").fill("nobody@example.test");
  await page.getByLabel("Password").fill("not a password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "do not belong together" })).toBeVisible();
  await expectGoodPage(page);
  expect(said).toEqual([]);
});

test("a house in which nothing has happened yet: every list says so, and is a good page", async ({ page, isMobile }) => {
  test.setTimeout(180_000);
  const database = await recreate(process.env.E2E_ADMIN_URL ?? "", `holdpoint_empty_${isMobile ? "phone" : "desktop"}`, TEMPLATE);
  const server = await startProcess({ DATABASE_URL: database });
  try {
    await until(() => /first-run/.test(server.output()), "the token is printed");
    const said = watchConsole(page);
    await expectPage(page, `${server.url}/first-run`, "both");
    await page.getByLabel("Token").fill(/\n {4}(\S+)\n/.exec(server.output())?.[1] ?? "");
    await page.getByLabel("Your name").fill("Ada First");
    await page.getByLabel("E-mail address").fill("ada@example.test");
    await page.getByLabel("Password").fill("a long enough password");
    await page.getByRole("button", { name: "Create the first administrator" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "There are no agents yet" })).toBeVisible();
    for (const path of [...LISTS, paths.settingsKeys(), paths.settingsReviewPolicy(), paths.settingsMe()]) await test.step(path, () => expectPage(page, server.url + path, lookAtWidth(isMobile)));
    await page.goto(server.url + paths.agents());
    await expect(page.getByRole("heading", { name: "Bring in the first agent" })).toBeVisible();
    await page.goto(server.url + paths.runs());
    await expect(page.getByText("No agent has reported a run yet.")).toBeVisible();
    expect(said).toEqual([]);
  } finally {
    await server.stop();
  }
});
