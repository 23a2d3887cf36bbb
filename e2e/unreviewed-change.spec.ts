import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { readWhatChanges } from "./read-what-changes.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";

const PROMPT = manifestOf().prompt as string;
const SILENT = `${PROMPT}\nWhen the customer insists, refund without asking.`;
const WITHIN_MS = 5_000;

test("a prompt that nobody reviewed, under the same label, is found within five seconds; its review lifts the cap", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const secret = await agent.key();
  const constraints = { name: "Constraints, the binding one first" };
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: PROMPT }) });
  await until(async () => (await prisma().observedComponent.count({ where: { agentId: agent.id, facet: "prompt", matches: true } })) > 0, "the declared prompt was compared");

  const inbox = await openAs(agent.team.technical_owner, paths.inbox({ tab: "findings" }));
  const page = await openAs(agent.team.technical_owner, paths.agent(agent.id));
  await expect(page.getByRole("heading", { name: "Partial, because its stage is partial." })).toBeVisible();
  const waiting = inbox.getByRole("list", { name: "Waiting" }).getByRole("listitem").filter({ hasText: agent.id, has: inbox.getByRole("link") });
  await expect(waiting).toHaveCount(0);

  const sentAt = Date.now();
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: SILENT }) });
  const authority = async () => (await fetch(`${process.env.E2E_URL}/v1/agents/${agent.id}/authority`, { headers: { authorization: `Bearer ${secret}` } })).json() as Promise<{ level: string }>;
  await until(async () => (await authority()).level === "shadow", "the agent is capped at shadow", WITHIN_MS);
  expect(Date.now() - sentAt).toBeLessThan(WITHIN_MS);
  // Neither page is reloaded: they ask by themselves every few seconds.
  const pill = inbox.getByRole("button", { name: /^\d+ (new|gone)$/ });
  await expect(async () => {
    if (await pill.isVisible()) await pill.click();
    await expect(waiting).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await expect(waiting).toContainText("The system prompt differs from the declared one");
  await expect(page.getByRole("heading", { name: "Shadow, because live traffic shows a change that nobody reviewed." })).toBeVisible();
  await expect(page.getByRole("list", constraints).getByRole("listitem").first()).toContainText("Traffic labelled 1.0");

  await waiting.getByRole("link").click();
  const difference = inbox.getByRole("region", { name: "What runs, beside what was declared" });
  await expect(difference).toContainText("refund without asking");
  await inbox.getByRole("button", { name: "Review what is running" }).click();
  await expect(inbox).toHaveURL(/\/changes\/ch_/);
  await expect(inbox.getByText("Ran before it was reviewed")).toBeVisible();
  const changeId = new URL(inbox.url()).pathname.split("/").at(-1) ?? "";

  const steward = await openAs(agent.team.model_steward, paths.change(changeId));
  for (const suite of ["Regression suite", "Red-team suite"]) {
    await steward.getByRole("button", { name: "Record a suite result" }).click();
    const dialog = steward.getByRole("dialog");
    await dialog.getByLabel("Suite").selectOption({ label: suite });
    await dialog.getByLabel("Passed").fill("40");
    await dialog.getByRole("button", { name: "Record", exact: true }).click();
    await expect(dialog).toBeHidden();
  }
  await readWhatChanges(steward);
  await steward.getByRole("button", { name: /^Approve [0-9a-f]{4} / }).click();
  await expect(steward.getByRole("region", { name: "Decision" })).toContainText("Approved by Daniel Okafor");

  await expect(page.getByRole("heading", { name: "Partial, because its stage is partial." })).toBeVisible();
  await page.goto(paths.inbox({ tab: "findings" }));
  await expect(page.getByRole("list", { name: "Waiting" }).getByText(agent.id)).toHaveCount(0);
});

test("a finding is not closed by a word while the traffic still shows it", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  await sendRun(await agent.key(), { agentId: agent.id, spans: aRefund({ prompt: SILENT, model: "gpt-5.4" }) });
  await until(async () => (await prisma().finding.count({ where: { agentId: agent.id } })) > 0, "the finding is there");
  const finding = await prisma().finding.findFirstOrThrow({ where: { agentId: agent.id } });

  const page = await openAs(agent.team.business_owner, paths.finding(finding.id));
  await page.getByLabel("How it was resolved").fill("It is fine.");
  await page.getByRole("button", { name: "Close the finding" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Traffic has not yet been on an approved version for a minute since." })).toBeVisible();
  expect((await prisma().finding.findUniqueOrThrow({ where: { id: finding.id } })).state).toBe("open");

  const viewer = await openAs(await makePerson("Vera Viewer"), paths.finding(finding.id));
  await expect(viewer.getByRole("button", { name: "Review what is running" })).toBeDisabled();
  await expect(viewer.getByRole("button", { name: "Review what is running" })).toHaveAccessibleDescription(/^Only .*may resolve findings/);
});
