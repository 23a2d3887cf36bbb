import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { readWhatChanges } from "./read-what-changes.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";

const unique = (): string => randomBytes(4).toString("hex");

const authority = (agentId: string, secret: string): Promise<Response> =>
  fetch(`${process.env.E2E_URL}/v1/agents/${agentId}/authority`, { headers: { authorization: `Bearer ${secret}` } });

/** The line of a list that opens to more. */
const entry = (page: Page, list: string, name: string) => page.getByRole("list", { name: list }).getByRole("listitem").filter({ hasText: name }).first();

test("a key is made and shown once, works, and is refused once it is revoked", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  const name = `spec ${unique()}`;
  const page = await openAs(await makePerson("Ada Administrator", ["administrator"]), paths.settingsKeys());
  const form = page.getByRole("region", { name: "Make a key" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Agents", { exact: true }).fill(agent.id);
  await form.getByText("telemetry", { exact: true }).click();
  await form.getByRole("button", { name: "Make the key" }).click();
  await expect(form.getByText("Choose at least one.")).toBeVisible();
  await expect(form.getByRole("checkbox", { name: "telemetry" })).not.toBeChecked();
  await form.getByText("authority", { exact: true }).click();
  await form.getByRole("button", { name: "Make the key" }).click();
  await expect(form.getByText("Copy it now. It is shown this one time.")).toBeVisible();
  const secret = /hp_[\w-]{43}/.exec((await form.textContent()) ?? "")?.[0] ?? "";
  expect((await authority(agent.id, secret)).status).toBe(200);
  expect((await authority("another-agent", secret)).status).not.toBe(200);

  await page.reload();
  await expect(page.getByText(secret)).toHaveCount(0);
  const inUse = entry(page, "Keys in use", name);
  await expect(inUse).toContainText("Used");
  await inUse.getByText(name).click();
  await inUse.getByRole("button", { name: "Revoke this key" }).click();
  await expect(inUse).toHaveCount(0);
  await page.getByLabel("State").selectOption("revoked");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(entry(page, "Revoked keys", name)).toContainText("Revoked");
  expect((await authority(agent.id, secret)).status).toBe(401);
});

test("the secret of an agent's webhooks is shown on demand to who may, and to nobody else", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.technical_owner, paths.agentHooks(agent.id));
  const secretIn = /whsec_[A-Za-z0-9+/]{43}=/;
  expect(await page.content()).not.toMatch(secretIn);
  const card = page.getByRole("region", { name: "Signed webhooks" });
  await card.getByRole("button", { name: "Show the secret" }).click();
  await expect(card).toContainText(secretIn);
  await expectGoodPage(page);
  await page.reload();
  await expect(card.getByRole("button", { name: "Show the secret" })).toBeVisible();
  expect(await page.content()).not.toMatch(secretIn);
  const log = await openAs(agent.team.technical_owner, paths.log({ kind: "webhook_secret.revealed", agent: agent.id }));
  await expect(log.getByRole("main")).toContainText("Priya Nair");
  expect(await log.content()).not.toMatch(secretIn);

  const other = await openAs(agent.team.business_owner, paths.agentHooks(agent.id));
  const shut = other.getByRole("region", { name: "Signed webhooks" });
  await expect(shut.getByRole("button", { name: "Show the secret" })).toHaveAttribute("aria-disabled", "true");
  await expect(shut).toContainText("Only the agent's technical owner or an administrator may read the secret of webhooks.");
});

test("a person is added with a role, signs in, loses the role and the session", ONE_WIDTH, async ({ makePerson, openAs, browser }) => {
  const email = `nils.${unique()}@example.test`;
  const administrator = await openAs(await makePerson("Ada Administrator", ["administrator"]), paths.settingsPeople({ q: email }));
  await expect(administrator.getByText("Nothing matches")).toBeVisible();
  const form = administrator.getByRole("region", { name: "Add a person" });
  await form.getByLabel("Name").fill("Nils Auditor");
  await form.getByLabel("E-mail address").fill(email);
  await form.getByLabel("Password").fill("short");
  await form.getByText("Auditor", { exact: true }).click();
  await form.getByRole("button", { name: "Add this person" }).click();
  await expect(form.getByRole("alert").or(form.getByText("At least 12 characters.", { exact: true })).first()).toBeVisible();
  await form.getByLabel("Password").fill("a long enough password");
  await expect(form.getByRole("checkbox", { name: "Auditor" })).toBeChecked();
  await form.getByRole("button", { name: "Add this person" }).click();
  await expect(entry(administrator, "People", email)).toContainText("Auditor");

  const context = await browser.newContext();
  const person = await context.newPage();
  await person.goto("/sign-in?from=%2Flog");
  await person.getByLabel("E-mail address").fill(email);
  await person.getByLabel("Password").fill("a long enough password");
  await person.getByRole("button", { name: "Sign in" }).click();
  await expect(person.getByRole("list", { name: "Log entries, newest first" })).toBeVisible();

  await entry(administrator, "People", email).getByText(email).click();
  await entry(administrator, "People", email).getByRole("group", { name: "Roles for the whole house" }).getByText("Auditor", { exact: true }).click();
  await entry(administrator, "People", email).getByRole("button", { name: "Save roles" }).click();
  await expect(entry(administrator, "People", email).getByText("Roles saved.")).toBeVisible();
  await person.reload();
  await expect(person.getByText("You may not read the log.")).toBeVisible();

  await entry(administrator, "People", email).getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(entry(administrator, "People", email).getByText("All sessions have ended.")).toBeVisible();
  await person.reload();
  await expect(person).toHaveURL(/\/sign-in/);
  await context.close();
});

test("a model without a price has an unknown cost, and a known one from the day it has a price", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const model = `model-${unique()}`;
  const agent = await makeAgent();
  const secret = await agent.key();
  const send = () => sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: manifestOf().prompt as string, model }) });
  const first = await send();
  await until(async () => (await prisma().run.findFirst({ where: { conversationId: first } }))?.spanCount === 4, "the run is there");
  const page = await openAs(await makePerson("Ada Administrator", ["administrator"]), paths.runs({ agent: agent.id }));
  const runs = page.getByRole("table", { name: "Runs, newest first" }).getByRole("row").filter({ hasText: "order 5498" });
  await expect(runs).toContainText("unknown");

  await page.goto(paths.settingsPrices());
  const form = page.getByRole("region", { name: "Add a price" });
  await form.getByLabel("Provider").fill("openai");
  await form.getByLabel("Model").fill(model);
  await form.getByLabel("Input, USD per million", { exact: true }).fill("two");
  await form.getByLabel("Output, USD per million").fill("10");
  await form.getByRole("button", { name: "Add this price" }).click();
  await expect(form.getByText("Dollars per million tokens, such as 2.50, with at most six decimals.")).toBeVisible();
  await expect(form.getByLabel("Model")).toHaveValue(model);
  await form.getByLabel("Input, USD per million", { exact: true }).fill("100");
  await form.getByLabel("From, UTC").fill("2026-01-01");
  await form.getByRole("button", { name: "Add this price" }).click();
  await expect(form.getByText(`${model} has a new price.`)).toBeVisible();
  await expect(page.getByRole("table", { name: "Prices in USD per million tokens" }).getByRole("row", { name: model })).toContainText("Holds");

  // 900 tokens at 100 USD and 60 at 10 USD per million.
  await until(async () => {
    const conversationId = await send();
    await until(async () => (await prisma().run.findFirst({ where: { conversationId } }))?.spanCount === 4, "the run is there");
    return (await prisma().run.findFirst({ where: { conversationId } }))?.costNanoUsd === 90_600_000n;
  }, "the price counts");
  await page.goto(paths.runs({ agent: agent.id }));
  await expect(runs.first()).toContainText("0.0906 USD");
  await expect(runs.last()).toContainText("unknown");
});

test("another re-review policy is tried on past changes, proposed, and decided by somebody else", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  // A rule that no other spec meets: the policy holds for all of them.
  await agent.register(manifestOf({ label: "1.1", memory: { strategy: "summary" } }));
  const page = await openAs(agent.team.author, paths.settingsReviewPolicy());
  await expect(page.getByRole("region", { name: "The rules in force" })).toContainText("Another memory strategy changes what the agent carries along.");
  await page.getByRole("link", { name: "Propose another" }).click();
  const preview = page.getByRole("complementary", { name: "What the draft would have done" });
  await expect(preview.getByRole("heading", { name: /would have been classified the same$/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Propose this policy" })).toHaveAccessibleDescription("The draft is the policy that is in force.");
  await page.getByLabel("Class of R-13").selectOption("critical");
  await expect(preview.getByRole("heading", { name: /^[1-9]\d* of the last \d+ changes would have another class/ })).toBeVisible();
  await expect(preview.getByRole("row").filter({ hasText: agent.id }).first()).toContainText("Critical");
  await page.getByLabel("Why it should change").fill("Memory has hurt us twice.");
  await page.getByRole("button", { name: "Propose this policy" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
  await expect(page.getByRole("button", { name: /^Approve / })).toHaveAccessibleDescription(/You proposed this change/);

  const owner = await openAs(agent.team.business_owner, new URL(page.url()).pathname);
  await expect(owner.getByRole("region", { name: "What it would change" })).toContainText("R-13");
  await readWhatChanges(owner);
  await owner.getByRole("button", { name: /^Approve / }).click();
  await expect(owner.getByRole("region", { name: "Decision" })).toContainText("Approved by Ingrid Holm");
  await owner.goto(paths.settingsReviewPolicy());
  await expect(owner.getByRole("list").filter({ hasText: "Revision" })).toContainText("Proposed by Tomás Vega, approved by Ingrid Holm.");
});

test("everybody sees what they may do and by which role, and makes a key of their own", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.settingsMe());
  await expect(page.getByRole("list", { name: "Agents you answer for" })).toContainText(agent.id);
  await page.getByText(/^What you may not do/).click();
  await expect(page.getByRole("list", { name: "What you may not do" })).toContainText("Manage people");
  await page.getByLabel("Name of a new key").fill("laptop");
  await page.getByRole("button", { name: "Make a key" }).click();
  await expect(page.getByText("Copy it now. It is shown this one time.")).toBeVisible();
  const secret = /hp_[\w-]{43}/.exec((await page.getByRole("main").textContent()) ?? "")?.[0] ?? "";
  expect((await authority(agent.id, secret)).status).toBe(200);
  await page.getByRole("list", { name: "Your keys" }).getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("list", { name: "Your keys" })).toContainText("Revoked");
  expect((await authority(agent.id, secret)).status).toBe(401);
});
