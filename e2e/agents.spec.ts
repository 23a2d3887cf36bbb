import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { stringify } from "yaml";
import { prisma } from "../lib/database/database.ts";
import { TIER_QUESTIONS } from "../lib/domain/tier-guide.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { readWhatChanges } from "./read-what-changes.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";

const openItems = (page: Page) => page.getByRole("region", { name: "Open items" });

async function answerGuide(page: Page, yes: readonly string[]): Promise<void> {
  for (const { question } of TIER_QUESTIONS) {
    await page.getByRole("group", { name: question }).getByLabel(yes.includes(question) ? "Yes" : "No", { exact: true }).check();
  }
}

test("an agent is made in the browser, and its card filled in until nothing is missing", async ({ makePerson, openAs }) => {
  const id = `crm-${randomBytes(4).toString("hex")}`;
  const administrator = await makePerson("Ada Administrator", ["administrator", "operator"]);
  // Names of their own: people of other specs stand in the same list.
  const suffix = randomBytes(3).toString("hex");
  const [business, technical, steward] = [await makePerson(`Berta ${suffix}`), await makePerson(`Theo ${suffix}`), await makePerson(`Sven ${suffix}`)];

  const page = await openAs(administrator, paths.newAgent());
  await page.getByLabel("Handle").fill("Not A Handle");
  await page.getByLabel("Purpose").fill("Keeps customer records up to date.");
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByLabel("Handle")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Purpose")).toHaveValue("Keeps customer records up to date.");
  await page.getByLabel("Handle").fill(id);
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page).toHaveURL(paths.agent(id));
  await expect(page.getByRole("heading", { name: "Shadow, because the card is incomplete." })).toBeVisible();
  await expect(openItems(page)).toContainText(/The card lacks \d+ things/);

  await page.goto(paths.agentCard(id));
  await expect(page.getByRole("main").getByText(/The card lacks \d+ things, so the agent's authority is at most shadow\./)).toBeVisible();
  const owners = page.getByRole("region", { name: "Owners" });
  const ownerOf = (role: string) => owners.getByRole("group", { name: role }).getByLabel("Owner", { exact: true });
  const suggested = async (role: string) => page.locator(`datalist[id="${(await ownerOf(role).getAttribute("list")) ?? ""}"] option`).evaluateAll((options: HTMLOptionElement[]) => options.map(({ value }) => value));
  // A part of the name suggests the whole of it.
  await ownerOf("Business owner").fill(suffix);
  await expect.poll(() => suggested("Business owner")).toEqual([business, steward, technical].map(({ name }) => name));
  await owners.getByRole("button", { name: "Save owners" }).click();
  await expect(owners.getByText("Nobody of this name can sign in. Type a part of the name and choose.")).toBeVisible();
  await expect(ownerOf("Business owner")).toHaveValue(suffix);
  for (const [role, person] of [["Business owner", business], ["Technical owner", technical], ["Model steward", steward]] as const) await ownerOf(role).fill(person.name);
  await owners.getByRole("button", { name: "Save owners" }).click();
  await expect(page.getByText("Owners saved.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save card" })).toBeDisabled();

  const owner = await openAs(business, paths.agentCard(id));
  await owner.getByLabel("Team", { exact: true }).fill("Sales");
  for (const label of ["Inputs, input 1", "Tools, tool 1", "Data sources, source 1", "May, line 1", "Must never, line 1", "Must escalate when, line 1", "Done means, line 1"]) {
    await owner.getByLabel(label, { exact: true }).fill(`Something about ${label}`);
  }
  await owner.getByLabel("Escalation contact").fill("desk@example.test");
  await owner.getByLabel("On-call rotation").fill("Sales, weekly");
  await owner.getByLabel("Runbook").fill("Stop it, then call the desk.");
  await owner.getByLabel("Monthly budget").fill("a lot");
  await owner.getByRole("button", { name: "Add promise" }).click();
  await owner.getByLabel("Value", { exact: true }).fill("95");
  await owner.getByRole("button", { name: "Save card" }).click();
  await expect(owner.getByText("An amount above 0, for instance 450 or 450.50.")).toBeVisible();
  await expect(owner.getByLabel("Runbook")).toHaveValue("Stop it, then call the desk.");
  await owner.getByLabel("Monthly budget").fill("450.50");
  await owner.getByRole("button", { name: "Save card" }).click();
  await expect(owner.getByText("Saved as revision 2.")).toBeVisible();
  await expect(owner.getByText("The card lacks 1 thing, so")).toBeVisible();
  expect((await prisma().agent.findUniqueOrThrow({ where: { id } })).card).toMatchObject({ monthlyBudget: { amountMinor: 45_050, currency: "EUR" }, pact: [{ metric: "success_rate", value: 0.95 }] });

  // The last thing is the tier: proposed by one owner, approved by the business owner.
  const proposer = await openAs(technical, paths.tierGuide(id));
  await expect(proposer.getByRole("heading", { name: "Answer the questions, and the guide proposes a tier." })).toBeVisible();
  await answerGuide(proposer, ["Does it state facts to customers?"]);
  await expect(proposer.getByRole("heading", { name: "The answers allow tier 1: a person approves." })).toBeVisible();
  await proposer.getByText("Tier 2, acts within limits", { exact: true }).click();
  await expect(proposer.getByText("This is above what the answers allow.")).toBeVisible();
  await proposer.getByText("Tier 1, a person approves", { exact: true }).click();
  await proposer.getByRole("region", { name: "The tier" }).getByLabel("Reason").fill("Customers read what it writes.");
  await proposer.getByRole("button", { name: "Propose tier 1 for review" }).click();
  await expect(proposer).toHaveURL(/\/changes\/ch_/);
  await owner.goto(new URL(proposer.url()).pathname);
  await readWhatChanges(owner);
  await owner.getByRole("button", { name: /^Approve / }).click();
  await expect(owner.getByRole("region", { name: "Decision" })).toContainText(`Approved by ${business.name}`);
  await owner.goto(paths.agent(id));
  await expect(owner.getByRole("main").getByText("Tier 1, a person approves")).toBeVisible();
  await expect(openItems(owner)).toContainText("Nothing is open.");
});

test("a card that somebody else saved meanwhile is not overwritten", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const [first, second] = [await openAs(agent.team.business_owner, paths.agentCard(agent.id)), await openAs(agent.team.technical_owner, paths.agentCard(agent.id))];
  await first.getByLabel("Team", { exact: true }).fill("First");
  await first.getByRole("button", { name: "Save card" }).click();
  await expect(first.getByText("Saved as revision 2.")).toBeVisible();
  await second.getByLabel("Team", { exact: true }).fill("Second");
  await second.getByRole("button", { name: "Save card" }).click();
  await expect(second.getByRole("alert").filter({ hasText: /meanwhile|since|edited/i })).toBeVisible();
  await expect(second.getByLabel("Team", { exact: true })).toHaveValue("Second");
  expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).card).toMatchObject({ team: "First" });
});

test("a version is registered by pasting YAML; what cannot be read stays in the field and its line is named", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const page = await openAs(agent.team.technical_owner, paths.registerVersion(agent.id));
  const field = page.getByLabel("Or paste it");
  const broken = "model:\n  name: gpt-4.1\nprompt: Hello\ntools:\n  - name: order_get\n   effect: read\n";
  await field.fill(broken);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /Line [56]/ })).toBeVisible();
  await expect(field).toHaveValue(broken);

  await field.fill(stringify(manifestOf()).replace("effect: write", "effect: perhaps"));
  await page.getByRole("button", { name: "Register and propose" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /Line \d+, tools\.1\.effect/ })).toBeVisible();
  expect(await prisma().agentVersion.count({ where: { agentId: agent.id } })).toBe(0);

  await field.fill(stringify(manifestOf()));
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByText("It reads well: model gpt-4.1, 2 tools, 1 of them with an effect")).toBeVisible();
  expect(await prisma().agentVersion.count({ where: { agentId: agent.id } })).toBe(0);
  await page.getByLabel("Why").fill("The first one.");
  await page.getByRole("button", { name: "Register and propose" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
  await expect(page.getByRole("heading", { level: 1, name: `${agent.id}: first version, number 1` })).toBeVisible();
  await page.goto(paths.agentVersions(agent.id));
  const row = page.getByRole("row", { name: /^Version 1/ });
  await expect(row).toContainText("In review");
  await page.getByRole("link", { name: "Version 1" }).click();
  await expect(page.getByRole("region", { name: "Tools" })).toContainText("refund_create");
  await expect(page.getByRole("region", { name: "Prompt" })).toContainText("You handle refunds for the web shop.");
});

test("an override is set with a reason, seen wherever the agent is shown, and revoked", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.agentAuthority(agent.id));
  const form = page.getByRole("region", { name: "Set an override" });
  await form.getByLabel("Constraint").selectOption({ label: "Autonomy stage" });
  await form.getByLabel("Allows at most").selectOption("bounded");
  await form.getByLabel("Ends").selectOption({ label: "in 4 hours" });
  await form.getByLabel("Reason").fill("The stocktake needs it tonight.");
  await form.getByRole("button", { name: "Set override" }).click();
  await expect(page.getByRole("heading", { name: /^Bounded, because an override by Ingrid Holm holds it there until .* UTC, although its stage is partial\.$/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "Constraints, the binding one first" })).toContainText("Overridden from partial to bounded by Ingrid Holm: The stocktake needs it tonight.");

  await page.goto(paths.agents({ q: agent.id }));
  await expect(page.getByRole("row").filter({ hasText: agent.id })).toContainText("override");
  await page.goto(paths.agent(agent.id));
  await page.getByRole("link", { name: "Override in force" }).click();
  await expect(page).toHaveURL(new RegExp(`${agent.id}/authority`));

  const technical = await openAs(agent.team.technical_owner, paths.agentAuthority(agent.id));
  await expect(technical.getByRole("button", { name: "Set override" })).toBeDisabled();
  await expect(technical.getByRole("button", { name: "Set override" })).toHaveAccessibleDescription(/may set overrides/);
  await technical.getByRole("region", { name: "Overrides", exact: true }).getByRole("button", { name: "Revoke" }).click();
  await expect(technical.getByText(/Revoked by Priya Nair/)).toBeVisible();
  await expect(technical.getByRole("heading", { name: "Partial, because its stage is partial." })).toBeVisible();
});

test("the stage is lowered at once, and raised only by a change", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.technical_owner, paths.tierGuide(agent.id));
  const form = page.getByRole("region", { name: "The stage" });
  await expect(form.getByRole("button", { name: "Propose partial for review" })).toHaveAccessibleDescription("It stands at partial already.");
  await form.getByText("assisted", { exact: true }).click();
  await form.getByLabel("Reason").fill("Too many complaints this week.");
  await form.getByRole("button", { name: "Lower to assisted now" }).click();
  await expect(page.getByRole("main").getByText("Assisted, because its stage is assisted.")).toBeVisible();
  await form.getByText("bounded", { exact: true }).click();
  await expect(form.getByRole("button", { name: "Propose bounded for review" })).toHaveAccessibleDescription("Authority rises one stage at a time: after assisted comes partial.");
  await form.getByText("partial", { exact: true }).click();
  await form.getByLabel("Reason").fill("All is well again.");
  await form.getByRole("button", { name: "Propose partial for review" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
  await expect(page.getByRole("button", { name: /^Approve / })).toHaveAccessibleDescription(/You proposed this change, or made the key that did; somebody else decides\./);
  await page.goto(paths.agent(agent.id));
  await expect(page.getByRole("main").getByText("Assisted, because its stage is assisted.")).toBeVisible();
});

test("metrics stand over time and by version, and the list finds the agent by its team", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const secret = await agent.key();
  const prompt = manifestOf().prompt as string;
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt }) });
  await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt, error: "The bank refused." }) });
  await until(async () => (await prisma().rollup.aggregate({ where: { agentId: agent.id }, _sum: { runs: true } }))._sum.runs === 2, "both runs are counted");
  const page = await openAs(agent.team.business_owner, paths.agentMetrics(agent.id));
  await expect(page.getByRole("region", { name: "Over time" })).toContainText("2 runs");
  // What a line in the charts stands for: with the focus, and from there by keyboard to the change itself.
  const mark = page.getByRole("list", { name: "What happened" }).getByRole("button").last();
  const change = page.getByRole("list", { name: "What happened" }).getByRole("link").first();
  await mark.focus();
  await expect(change).toBeVisible();
  await expectGoodPage(page);
  await page.keyboard.press("Escape");
  await expect(change).toBeHidden();
  await expect(mark).toBeFocused();
  await mark.hover();
  await expect(change).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(change).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/changes\/ch_/);
  await page.goBack();
  const row = page.getByRole("table", { name: /^Metrics by version/ }).getByRole("row", { name: /^Version 1/ });
  await expect(row).toContainText("50");
  await page.getByRole("navigation", { name: "Range" }).getByRole("link").first().click();
  await expect(page.getByRole("navigation", { name: "Range" }).getByRole("link").first()).toHaveAttribute("aria-current", "page");
  await expect(page.getByRole("table", { name: /^Metrics by version/ }).getByRole("row", { name: /^Version 1/ })).toContainText("n = 2");

  await page.goto(paths.agents());
  await page.getByLabel("Agent, team or purpose").fill(agent.id);
  await page.getByLabel("Team", { exact: true }).selectOption("Payments");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/team=Payments/);
  await expect(page.getByRole("table", { name: "Agents" }).getByRole("row").filter({ hasText: agent.id })).toContainText("partial");
});
