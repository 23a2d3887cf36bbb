import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage, untilTakenOver } from "./open-page.ts";

const POLICY = `@id("allow-1")
permit(principal, action in [Action::"order_get", Action::"refund_create"], resource);

@id("limit-1")
@decision("require_approval")
forbid(principal, action in [Action::"refund_create"], resource)
when { context.input has amount && !(context.input.amount.lessThanOrEqual(decimal("100.0"))) }
unless { context has approval && context.approval.granted };

// Written by the desk.
forbid(principal, action, resource) when { context.callsInRun > 40 };
`;

async function withPolicy(agent: TestAgent): Promise<TestAgent> {
  const { change } = await agent.register(manifestOf({ label: "1.1", policy: { cedar: POLICY } }));
  await agent.approve(change?.id ?? "");
  await agent.skipRollout(change?.id ?? "");
  return agent;
}

const textOf = (page: Page) => page.getByLabel("Cedar", { exact: true });
const rule = (page: Page, number: number) => page.getByRole("listitem", { name: new RegExp(`^Rule ${number} of `) });
const ready = (page: Page) => expect(page.getByRole("button", { name: "Try this call" })).not.toHaveAttribute("aria-disabled", "true");

test("a rule changed in the form stands in the text, a call is tried on it, and it is proposed as a change", async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  await expectGoodPage(page);
  await expect(rule(page, 3)).toContainText("Written by the desk.");
  await rule(page, 2).getByLabel("At most").fill("40.5");
  await expect(textOf(page)).toHaveValue(/decimal\("40\.5"\)/);
  await expect(textOf(page)).toHaveValue(/\/\/ Written by the desk\.\nforbid\(principal, action, resource\) when/);

  await ready(page);
  const tryIt = page.getByRole("region", { name: "Try a call" });
  await tryIt.getByLabel("Tool").selectOption("refund_create");
  await tryIt.getByLabel("Arguments as JSON").fill('{"order": "5512", "amount": 60}');
  await tryIt.getByRole("button", { name: "Try this call" }).click();
  await expect(tryIt).toContainText("Held");
  await expect(tryIt.getByRole("list", { name: "Policies that decided" })).toContainText("limit-1");
  await tryIt.getByLabel("Approval").selectOption("granted");
  await tryIt.getByRole("button", { name: "Try this call" }).click();
  await expect(tryIt).toContainText("Permitted by");
  await page.getByRole("button", { name: "Try the draft on them" }).click();
  await expect(page.getByRole("region", { name: "On recorded calls" })).toContainText("Cannot tell: there are no recorded calls.");
  await expectGoodPage(page);

  await page.getByLabel("Why it should change").fill("Refunds doubled in June.");
  await page.getByRole("button", { name: "Propose this policy" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
  const change = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "open" } });
  expect(change.reason).toBe("Refunds doubled in June.");
  const rows = await prisma().$queryRaw<{ cedar: string }[]>`SELECT c.content->>'cedar' AS cedar FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest' WHERE v.id = ${change.toVersionId} AND r->>'kind' = 'policy'`;
  expect(rows[0]?.cedar).toBe(POLICY.replace("100.0", "40.5"));
});

test("what is typed in the text is read into the rules, and an error is named at its line without losing a letter", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.model_steward, paths.agentPolicy(agent.id));
  await textOf(page).fill(POLICY.replace("100.0", "75.0"));
  await expect(rule(page, 2).getByLabel("At most")).toHaveValue("75");
  const wrong = POLICY.replace("context.callsInRun", "context.callsInRum");
  await textOf(page).fill(wrong);
  await expect(page.getByText("The draft has an error in line 11.")).toBeVisible();
  await page.getByRole("button", { name: /^Line 11, column / }).click();
  await expect(textOf(page)).toBeFocused();
  await expect(page.getByRole("button", { name: "Propose this policy" })).toHaveAccessibleDescription("The draft has errors.");
  await textOf(page).fill(`${wrong}\npermit(`);
  await expect(page.getByText("The text cannot be read as rules.")).toBeVisible();
  await expect(textOf(page)).toHaveValue(`${wrong}\npermit(`);
  await expect(rule(page, 2).getByLabel("At most")).toBeDisabled();
  await expectGoodPage(page);
  await page.reload();
  await untilTakenOver(page);
  await page.getByRole("button", { name: "Go on with it" }).click();
  await expect(textOf(page)).toHaveValue(`${wrong}\npermit(`);
});

test("rules are added, moved and removed by keyboard, and a half rule never reaches the text", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  await page.getByLabel("Kind of rule").selectOption("always_ask");
  await page.getByRole("button", { name: "Add rule" }).press("Enter");
  await expect(rule(page, 4)).toBeFocused();
  await expect(rule(page, 4)).toContainText("Choose at least one tool.");
  await expect(textOf(page)).toHaveValue(POLICY);
  await expect(textOf(page)).not.toBeEditable();
  await rule(page, 4).getByLabel("refund_create").press("Space");
  await expect(textOf(page)).toHaveValue(/@id\("ask-1"\)/);
  await expect(textOf(page)).toBeEditable();
  await page.getByRole("button", { name: "Move rule 4 up" }).press("Enter");
  await expect(rule(page, 3)).toContainText("Always ask");
  await page.getByRole("button", { name: "Remove rule 3" }).press("Enter");
  await expect(textOf(page)).toHaveValue(POLICY);
  await page.getByRole("button", { name: "Add rule" }).press("Enter");
  await page.getByRole("button", { name: "Remove rule 4" }).press("Enter");
  await expect(page.getByRole("button", { name: "Propose this policy" })).toHaveAccessibleDescription("The draft is the policy that is in force.");
});

test("two persons are asked for large irreversible calls: by a rule of the form, and read back from the text", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  await page.getByLabel("Kind of rule").selectOption("large_irreversible");
  await page.getByRole("button", { name: "Add rule" }).click();
  await expect(rule(page, 4)).toContainText("Give the amount as a whole number, 0 or more.");
  await rule(page, 4).getByLabel("For calls that move more than this").fill("100000");
  await rule(page, 4).getByLabel("How many persons").fill("1");
  await expect(rule(page, 4)).toContainText("From 2 to 5 persons approve, each of them another one.");
  await expect(textOf(page)).toHaveValue(/@persons\("2"\)/);
  await expect(textOf(page)).not.toBeEditable();
  await rule(page, 4).getByLabel("How many persons").fill("2");
  await rule(page, 4).getByLabel("Who may approve").fill("role:business_owner");
  const written = `${POLICY}
@id("large-1")
@decision("require_approval")
@approvers("role:business_owner")
@persons("2")
forbid(principal, action, resource)
when { context.effect == "irreversible" && !(context has amountMinor && context.amountMinor <= 100000) }
unless { context has approval && context.approval.granted };
`;
  await expect(textOf(page)).toHaveValue(written);
  await ready(page);
  await expectGoodPage(page);
  await textOf(page).fill(written.replace("100000", "250000").replace('@persons("2")', '@persons("3")'));
  await expect(rule(page, 4).getByLabel("For calls that move more than this")).toHaveValue("250000");
  await expect(rule(page, 4).getByLabel("How many persons")).toHaveValue("3");
  await rule(page, 2).getByLabel("How many persons").fill("2");
  await expect(textOf(page)).toHaveValue(/@id\("limit-1"\)\n@decision\("require_approval"\)\n@persons\("2"\)\nforbid/);
});

test("a first draft allows what the version declares, and who may not propose it reads why", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(await makePerson("Vera Viewer"), paths.agentPolicy(agent.id));
  await expect(page.getByText("The current version has no policy text.")).toBeVisible();
  await expect(textOf(page)).toHaveValue(/permit\(principal, action in \[Action::"order_get", Action::"refund_create"\], resource\);/);
  await expect(page.getByRole("button", { name: "Propose this policy" })).toHaveAccessibleDescription(/^Only .* may register versions/);
  await expectGoodPage(page);
});

test("when another version becomes current, the draft stays, is not proposed over it, and goes on from there", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  const typed = POLICY.replace("100.0", "75.0");
  await textOf(page).fill(typed);
  const { change } = await agent.register(manifestOf({ label: "1.2", prompt: "Be brief.", policy: { cedar: POLICY } }));
  await agent.approve(change?.id ?? "");
  await agent.skipRollout(change?.id ?? "");
  await ready(page);
  await page.getByLabel("Why it should change").fill("Refunds doubled in June.");
  await page.getByRole("button", { name: "Propose this policy" }).click();
  await expect(page.getByText("Another version became current since this draft was begun.").first()).toBeVisible();
  await expect(textOf(page)).toHaveValue(typed);
  await expect(page.getByLabel("Why it should change")).toHaveValue("Refunds doubled in June.");
  await page.reload();
  await untilTakenOver(page);
  await page.getByRole("button", { name: "Go on with it" }).click();
  await expect(textOf(page)).toHaveValue(typed);
  await ready(page);
  await page.getByLabel("Why it should change").fill("Refunds doubled in June.");
  await page.getByRole("button", { name: "Propose this policy" }).click();
  await expect(page).toHaveURL(/\/changes\/ch_/);
});

test("what the page asks while somebody types is not answered to a stranger, nor to another site", ONE_WIDTH, async ({ makeAgent, openAs, request }) => {
  const agent = await withPolicy(await makeAgent());
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  const asked = page.waitForRequest((each) => each.method() === "POST" && each.headers()["next-action"] !== undefined);
  await page.getByRole("button", { name: "Try this call" }).click();
  const sent = await asked;
  const { cookie: _cookie, origin: _origin, "content-length": _length, host: _host, ...headers } = sent.headers();
  const send = async (more: Record<string, string>) => (await request.fetch(sent.url(), { method: "POST", headers: { ...headers, ...more }, data: sent.postDataBuffer() ?? Buffer.alloc(0), maxRedirects: 0 })).text();
  const { origin } = new URL(sent.url());
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  expect(await send({ origin, cookie })).toContain("Permitted by");
  expect(await send({ origin })).not.toContain("Permitted by");
  expect(await send({ origin: "https://evil.example", cookie })).not.toContain("Permitted by");
});

test("an agent without a version is told what to do first", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const page = await openAs(agent.team.technical_owner, paths.agentPolicy(agent.id));
  await expect(page.getByText("There is no approved version to write a policy for.")).toBeVisible();
  await expectGoodPage(page);
});

test("a changed text weighs by what recorded calls show, and the page says so when they show something else later", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await withPolicy(await makeAgent());
  const key = await agent.key();
  const call = async (amount: number): Promise<void> => {
    const body = { agent: { id: agent.id }, tool: { name: "refund_create" }, input: { order: "5512", amount }, conversationId: "T-1", toolCallId: `call-${amount}` };
    const response = await fetch(`${process.env.E2E_URL}/v1/gate/check`, { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
  };
  await call(20);
  await call(120);
  const narrowed = await agent.register(manifestOf({ label: "1.2", policy: { cedar: `${POLICY}\nforbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("110.0")) };\n` } }));
  const page = await openAs(agent.team.business_owner, paths.change(narrowed.change?.id ?? ""));
  const delta = page.getByRole("region", { name: "What it could do that it cannot do today" });
  const replay = page.getByRole("region", { name: "Policy, on recorded calls" });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("narrows the policy's text");
  await expect(page.getByText("Harmless change", { exact: true })).toBeVisible();
  await expect(delta).toContainText(/Narrows.*The text of the policy permits nothing more than before: of the last 2 recorded calls, since .* UTC, 1 that the old text holds would be refused\./);
  await expect(replay).toContainText("Of 2 calls, the proposed policy permits less in 1 call.");
  await expect(replay).not.toContainText("When this change was classified");
  await expectGoodPage(page);

  const untold = await agent.register(manifestOf({ label: "1.3", policy: { cedar: POLICY.replace("100.0", "150.0").replace("40 ", "30 ") } }));
  const widened = await agent.register(manifestOf({ label: "1.4", policy: { cedar: POLICY.replace("100.0", "130.0") } }));
  await openPage(page, paths.change(widened.change?.id ?? ""));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("widens the policy's text");
  await expect(page.getByText("Critical change", { exact: true })).toBeVisible();
  await expect(delta).toContainText(/Widens.*1 that the old text holds would be permitted\./);
  await expect(replay.getByRole("link", { name: "refund_create: held → permitted" })).toBeVisible();

  await prisma().gateDecision.deleteMany({ where: { agentId: agent.id, toolCallId: "call-120" } });
  await openPage(page, paths.change(untold.change?.id ?? ""));
  await expect(replay).toContainText("None of 1 call would be decided otherwise.");
  await expect(replay).toContainText(/When this change was classified, the recorded calls of then showed something else\. The text of the policy permits more: of the last 2 recorded calls/);
  await expectGoodPage(page);
});
