import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { until } from "./own-server.ts";
import { newSpanId, sendRun } from "./send-spans.ts";

const copied = (page: Page) => page.getByText(/^Copied\. The link shows .* UTC, whenever it is opened\.$/);

const readClipboard = async (page: Page): Promise<URL> => new URL(await page.evaluate(() => navigator.clipboard.readText()));

test("a copied link of runs holds the moments of then: later runs are not on it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const secret = await agent.key();
  const shortRun = () => sendRun(secret, { agentId: agent.id, spans: [{ spanId: newSpanId(), name: "invoke_agent", atMs: 0, tookMs: 10, attributes: { "gen_ai.operation.name": "invoke_agent" } }] });
  await shortRun();
  await until(async () => (await prisma().run.count({ where: { agentId: agent.id } })) === 1, "the run is there");
  const page = await openAs(agent.team.technical_owner, paths.runs({ agent: agent.id, since: "24h" }));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(copied(page)).toBeVisible();
  await expectGoodPage(page);
  const link = await readClipboard(page);
  expect([...link.searchParams.keys()].toSorted()).toEqual(["agent", "from", "to"]);
  expect(Date.parse(link.searchParams.get("to") ?? "") - Date.parse(link.searchParams.get("from") ?? "")).toBe(86_401_000);

  // The last whole second belongs to the link.
  await until(async () => Date.now() - 100 > Date.parse(link.searchParams.get("to") ?? ""), "the second is over");
  await shortRun();
  await until(async () => (await prisma().run.count({ where: { agentId: agent.id } })) === 2, "the later run is there");
  await page.goto(link.href);
  await expect(page.getByRole("region", { name: "1 run", exact: true })).toBeVisible();
  await expect(page.getByLabel("Started")).toHaveValue("");
  // Asking again with what the fields hold asks for the same.
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/from=[^&]+/);
  await expect(page.getByRole("region", { name: "1 run", exact: true })).toBeVisible();
});

test("figures and the log keep their times as well; without a clipboard there is a field", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.agentMetrics(agent.id, { range: "7d", figure: "cost" }));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  if (isMobile) await page.getByRole("button", { name: "Copy link" }).click();
  else {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Search" }).getByRole("option", { name: "Copy link" }).click();
  }
  await expect(copied(page)).toBeVisible();
  const link = await readClipboard(page);
  expect(Date.parse(link.searchParams.get("to") ?? "") - Date.parse(link.searchParams.get("from") ?? "")).toBe(7 * 86_400_000);
  await page.goto(link.href);
  await expect(page.getByRole("region", { name: "Over time" })).toContainText(/UTC to .* UTC, 0 runs, a point every 4 hours/);
  await expect(page.getByRole("navigation", { name: "Range" }).locator("[aria-current]")).toHaveCount(0);
  await expectGoodPage(page);

  await page.goto(paths.log({ agent: agent.id }));
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.getByRole("button", { name: "Copy link" }).click();
  const field = page.getByLabel("This browser did not let the page copy. The link is:");
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(/\/log\?agent=[^&]+&to=[^&]+$/);
  await expectGoodPage(page);
});
