import { readFile } from "node:fs/promises";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { completeCard, expect, expectGoodPage, expectNoSidewaysScroll, makePerson, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

const QUESTIONS = ["Are my agents inside their limits?", "What changed?", "What is waiting for me?", "What does it cost per finished task?"];
const DAY = 86_400_000;

/** One rollup for each of the last twelve days, so that the month has too few days only when it has just begun. */
async function spend(agentId: string): Promise<void> {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  for (let day = 0; day < 12; day++) {
    await prisma().rollup.create({
      data: {
        agentId, versionId: "", stage: "partial", hour: new Date(hour - day * DAY), runs: 40, successes: 40, failures: 0, escalated: 2, intervened: 0, unreviewed: 0, toolCalls: 80, consequentialCalls: 0,
        actionErrors: 1, inputTokens: 10, outputTokens: 10, costKnownRuns: 40, costNanoUsd: 2_000_000_000, latency: {},
      },
    });
  }
}

test("a business owner finds the four questions answered for the agents that they own, and takes them along as CSV", async ({ page, makeAgent, signInAs, isMobile }) => {
  const agent = await makeAgent({ card: { ...completeCard, monthlyBudget: { amountMinor: 100, currency: "USD" } } });
  const other = await makeAgent({ isBare: true });
  await spend(agent.id);
  const wider = manifestOf().tools.map((tool) => (tool.effect === "write" ? { ...tool, inputSchema: { type: "object", properties: { order: { type: "string" }, amount: { type: "number", maximum: 500 } } } } : tool));
  const { change } = await agent.register(manifestOf({ label: "1.1", tools: wider }));
  await signInAs(agent.team.business_owner);
  await page.goto(paths.portfolio());
  for (const question of QUESTIONS) await expect(page.getByRole("heading", { level: 2, name: question })).toBeVisible();

  const limits = page.getByRole("region", { name: "Are my agents inside their limits?" });
  const row = limits.getByRole("row").filter({ hasText: agent.id });
  await expect(row).toContainText("Over its budget");
  await expect(row).toContainText("Only tells people");
  await expect(page.getByText(other.id)).toHaveCount(0);
  await expect(page.getByRole("region", { name: "What changed?" })).toContainText("Ingrid Holm");
  await expect(page.getByRole("region", { name: "What is waiting for me?" }).locator(`a[href="${paths.change(change?.id ?? "")}"]`)).toBeVisible();

  const cost = page.getByRole("region", { name: "What does it cost per finished task?" });
  await expect(cost.getByRole("img", { name: `Cost per finished task of ${agent.id}` })).toBeVisible();
  await cost.getByText("View as table").click();
  await expect(cost.getByRole("rowheader", { name: agent.id })).toBeVisible();
  await expect(cost.getByRole("cell", { name: "0.05 USD" }).first()).toBeVisible();
  await expectGoodPage(page);
  if (isMobile) {
    await page.setViewportSize({ width: 320, height: 740 });
    await expectNoSidewaysScroll(page);
  }

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^portfolio-\d{4}-\d\d-\d\d\.csv$/);
  const csv = await readFile(await download.path(), "utf8");
  for (const question of QUESTIONS) expect(csv).toContain(question);
  expect(csv).toContain(`\r\n${agent.id},Payments,2,`);
  expect(csv).not.toContain(other.id);
});

test("whoever owns nothing reads who can change that, and an auditor starts with all agents", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  await makeAgent({ isBare: true });
  await signInAs(await makePerson("Vera Viewer"));
  await page.goto(paths.portfolio({ scope: "all" }));
  await expect(page.getByRole("region", { name: "Are my agents inside their limits?" })).toContainText("names its owners");
  await expect(page.getByRole("navigation", { name: "Whose agents" })).toHaveCount(0);
  await expectGoodPage(page);

  await signInAs(await makePerson("Sofia Auditor", ["auditor"]));
  await page.goto(paths.portfolio());
  await expect(page.getByRole("link", { name: "All", exact: true })).toHaveAttribute("aria-current", "page");
  await expect(page.getByRole("table", { name: /^Agents/ }).getByRole("row")).not.toHaveCount(1);
  await page.getByRole("link", { name: "Mine", exact: true }).click();
  await expect(page.getByText("You own no agent.").first()).toBeVisible();
});

test("on paper the page is its four answers, without the controls", ONE_WIDTH, async ({ page, makeAgent, signInAs }) => {
  const agent = await makeAgent({ isBare: true });
  await signInAs(agent.team.business_owner);
  await page.goto(paths.portfolio());
  await page.emulateMedia({ media: "print" });
  for (const question of QUESTIONS) await expect(page.getByRole("heading", { level: 2, name: question })).toBeVisible();
  for (const name of ["Download as CSV", "Agents"]) await expect(page.getByRole("link", { name, exact: true })).toBeHidden();
  await expect(page.getByRole("button", { name: "Print or save as PDF" })).toBeHidden();
});
