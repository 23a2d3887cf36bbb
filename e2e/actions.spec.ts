import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { ask, makeAsking, prepare, type Prepared } from "./asking-agent.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { until } from "./own-server.ts";
import { aRefund, sendRun } from "./send-spans.ts";

const begin = (key: string, { id, idempotencyKey }: Prepared) => ask(key, `/v1/actions/${id}/start`, { idempotencyKey });

const decide = (page: Page) => page.getByRole("region", { name: "Decide", exact: true });
const decision = (page: Page) => page.getByRole("region", { name: "Decision", exact: true });
const approveButton = (page: Page) => decide(page).getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ });

test("from the inbox to a yes in two presses, taken back in time, said again, and used by the agent once", async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const prepared = await prepare(agent, key);
  const { id } = prepared;
  expect(prepared.state).toBe("held");
  const page = await openAs(agent.team.author, paths.inbox({ tab: "actions" }));
  const row = page.getByRole("list", { name: "Waiting" }).getByRole("listitem").filter({ hasText: agent.id, has: page.getByRole("link") });
  await expect(row).toContainText("refund_create of 120.00 EUR: order 5512");
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("refund_create of 120.00 EUR");
  await expect(page.getByText("Can be taken back by hand only within 24 h")).toBeVisible();
  await expect(page.getByText("The parcel was lost.")).toBeVisible();
  await approveButton(page).click();
  await expect(decision(page)).toContainText("Approved");
  await expect(page.getByRole("button", { name: "Undo the approval" })).toBeVisible();
  await page.keyboard.press("u");
  await expect(approveButton(page)).toBeVisible();
  expect((await ask(key, `/v1/actions/${id}`)).state).toBe("held");

  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await expect(decision(page)).toContainText("Can be undone until");
  await expect(page.getByRole("button", { name: "Undo the approval" })).toBeHidden({ timeout: 20_000 });
  await ask(key, `/v1/actions/${id}?waitMs=15000`);
  expect((await begin(key, prepared)).state).toBe("started");
  await expect(decision(page)).toContainText("Under way, just now.");
});

test("after a yes and after a no the focus is on what waits next, and how much is left is told", async ({ isMobile, makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  for (const order of ["1", "2", "3"]) await prepare(agent, key, { input: { order, amount: 120 } });
  const owner = agent.team.technical_owner;
  const page = await openAs(owner, paths.inbox({ tab: "mine" }));
  const rows = page.getByRole("list", { name: "Waiting" }).getByRole("link");
  await expect(rows).toHaveCount(3);
  const hrefs = await rows.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const next = page.getByRole("list", { name: "Next in the inbox" }).getByRole("link");
  await rows.first().click();
  if (isMobile) await approveButton(page).click();
  else {
    await expect(approveButton(page)).toBeEnabled();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
  }
  await expect(page.getByRole("status").filter({ hasText: "Approved. 2 left." })).toBeVisible();
  await expect(next).toBeFocused();
  await expect(next).toHaveAttribute("href", hrefs[1] ?? "");
  await expectGoodPage(page);

  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(hrefs[1] ?? "");
  await page.getByRole("button", { name: "Reject with reason" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Not this one.");
  await page.getByRole("dialog").getByRole("button", { name: "Reject this action" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Rejected. 1 left." })).toBeVisible();
  await expect(next).toBeFocused();
  await next.click();
  await expect(page).toHaveURL(hrefs[2] ?? "");
  await approveButton(page).click();
  await expect(page.getByRole("status").filter({ hasText: "Approved. Nothing else waits for you." })).toBeVisible();
  await expect(next).toHaveAccessibleName("The inbox");
  await expect(next).toBeFocused();

  await page.getByRole("button", { name: "Undo the approval" }).click();
  await expect(approveButton(page)).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "It waits again." })).toBeAttached();
  await expect(next).toHaveCount(0);
});

test("other arguments: the difference stands there before it is sent, and the agent gets what was approved", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await prepare(agent, key);
  const page = await openAs(agent.team.author, paths.action(id));
  await expect(page.getByRole("button", { name: "Approve with edits" })).toBeVisible();
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Approve other arguments" });
  await expect(dialog.getByText("Nothing is different yet.")).toBeVisible();
  await dialog.getByLabel("amount").fill("eighty");
  await expect(dialog.getByText("A number.")).toBeVisible();
  await dialog.getByLabel("amount").fill("80");
  await expect(dialog.getByRole("list", { name: "Differences" })).toContainText("120 → 80");
  await dialog.getByRole("button", { name: "Approve with these edits" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("80.00 EUR");
  await expect(page.getByRole("list", { name: "Differences to what the agent asked" })).toContainText("120 → 80");
  expect((await ask(key, `/v1/actions/${id}`)).input).toEqual({ order: "5512", amount: 80 });
});

test("a no with its reason, a question with its answer; decided elsewhere stays in its place, struck through", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await prepare(agent, key);
  const other = await openAs(agent.team.business_owner, paths.action(id));
  await expect(approveButton(other)).toBeVisible();
  const page = await openAs(agent.team.author, paths.action(id));
  await page.getByRole("button", { name: "Ask the agent" }).click();
  await page.getByRole("dialog").getByLabel("Question").fill("Which parcel?");
  await page.getByRole("dialog").getByRole("button", { name: "Ask" }).click();
  await expect(page.getByText("The agent has not answered yet.")).toBeVisible();
  expect((await ask(key, `/v1/actions/${id}`)).question).toBe("Which parcel?");
  await expect(approveButton(other)).toBeDisabled();
  await expect(approveButton(other)).toHaveAccessibleDescription("Something happened since you opened this. Show it as it is now first.");
  await ask(key, `/v1/actions/${id}/answer`, { answer: "<b>The blue one</b>" });
  await page.getByRole("button", { name: "Show it as it is now" }).click();
  await expect(page.getByText("<b>The blue one</b>")).toBeVisible();

  await page.keyboard.press("r");
  await page.getByRole("dialog").getByLabel("Reason").fill("Not without the carrier's word.");
  await page.getByRole("dialog").getByRole("button", { name: "Reject this action" }).click();
  await expect(decision(page)).toContainText("Rejected");
  await expect(decision(page)).toContainText("Not without the carrier's word.");
  await expect(decide(other)).toContainText("Rejected by Tomás Vega, just now.");
  await expect(approveButton(other)).toBeHidden();
  expect((await ask(key, `/v1/actions/${id}`)).state).toBe("rejected");
});

test("what is done is taken back: a second person says yes, and a person who did it by hand says so", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const prepared = await prepare(agent, key);
  const { id } = prepared;
  const page = await openAs(agent.team.author, paths.action(id));
  await approveButton(page).click();
  await expect(page.getByRole("button", { name: "Undo the approval" })).toBeHidden({ timeout: 20_000 });
  await ask(key, `/v1/actions/${id}?waitMs=15000`);
  await begin(key, prepared);
  await ask(key, `/v1/actions/${id}/commit`, { result: { refund: "re_1" } });
  await openPage(page, paths.action(id));
  await page.getByRole("button", { name: "Take this action back" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 by hand only.");
  await dialog.getByLabel("Reason").fill("The wrong order");
  await dialog.getByRole("button", { name: "Ask for the reversal" }).click();
  await expect(page.getByRole("button", { name: "Approve the reversal" })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("You asked for it; a second person approves.")).toBeVisible();

  const second = await openAs(agent.team.technical_owner, new URL(page.url()).pathname);
  await second.getByRole("button", { name: "Approve the reversal" }).click();
  const step = second.getByRole("list", { name: "Steps of the reversal" }).getByRole("listitem");
  await expect(step).toContainText("Call the desk and void the refund.");
  await step.getByRole("button", { name: "I did it" }).click();
  await expect(step).toContainText("Priya Nair says that it is done");
  await expect(page.getByRole("region", { name: "How far it is" })).toContainText("Nothing remains.");
  expect((await ask(key, `/v1/actions/${id}`)).state).toBe("compensated");
});

test("a way back is rehearsed before the yes, and whoever decides reads when and how it ended", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await prepare(agent, key);
  const page = await openAs(agent.team.author, paths.action(id));
  await expect(page.getByText("Never rehearsed")).toBeVisible();
  await page.getByRole("button", { name: "I went through the instructions for refund_create" }).click();
  await expect(page.getByText(/^Last rehearsed .+, passed$/)).toBeVisible();
  await expect(page.getByText("The instructions were gone through. By Tomás Vega.")).toBeVisible();
  await expectGoodPage(page);

  const viewer = await openAs(await makePerson("Vera Viewer"), paths.agentHooks(agent.id));
  const way = viewer.getByRole("list", { name: "Ways back" }).getByRole("listitem");
  await expect(way).toContainText(/Last rehearsed .+, passed/);
  await expect(way.getByRole("button", { name: /^I went through/ })).toHaveAttribute("aria-disabled", "true");
  await expect(way).toContainText("may take actions back");
  await expectGoodPage(viewer);
});

test("a hook that is not answered is rehearsed as failed, and with another address it was never rehearsed", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const withHook = async (label: string, url: string) => {
    const tools = manifestOf().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, compensation: { description: "Void it.", hook: { kind: "http" as const, url } } } : tool));
    const { change } = await agent.register(manifestOf({ label, tools }));
    if (!change) throw new Error("another hook is a change");
    await agent.approve(change.id);
    await agent.skipRollout(change.id);
  };
  await withHook("1.1", "http://127.0.0.1:9/void");
  const page = await openAs(agent.team.technical_owner, paths.agent(agent.id));
  await page.getByRole("link", { name: "Ways back" }).click();
  const way = page.getByRole("list", { name: "Ways back" }).getByRole("listitem");
  await expect(way).toContainText("By a signed request to http://127.0.0.1:9/void");
  await way.getByRole("button", { name: "Rehearse for refund_create" }).click();
  await expect(way).toContainText(/Last rehearsed .+, failed/);
  await expect(way).toContainText("Its address is inside this network");
  await withHook("1.2", "http://127.0.0.1:9/void/2");
  await page.reload();
  await expect(way).toContainText("Never rehearsed as it is now; before, it was another one");
});

test("a handler where the agent runs is rehearsed there, and one that says no way to do so is not called", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const tools = manifestOf().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, compensation: { description: "Void it.", hook: { kind: "tool" as const, tool: "refund_void" } } } : tool));
  const { change } = await agent.register(manifestOf({ label: "1.1", tools }));
  if (!change) throw new Error("another hook is a change");
  await agent.approve(change.id);
  await agent.skipRollout(change.id);
  const key = await agent.key(["authority"]);
  const call = async (path: string, body?: object) => (await fetch(`${process.env.E2E_URL}${path}`, {
    method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })).json() as Promise<{ rehearsals: { rehearsalId: string; handler: string }[] }>;
  const page = await openAs(agent.team.technical_owner, paths.agentHooks(agent.id));
  const way = page.getByRole("list", { name: "Ways back" }).getByRole("listitem").filter({ hasText: "By the handler refund_void" });
  await expect(way).toContainText("Never rehearsed");
  for (const [outcome, word, sentence] of [["not_supported", "Could not be rehearsed", "Its handler declares no rehearsal, so it was not called."], ["passed", "Last rehearsed", "The handler went through its rehearsal."]] as const) {
    const asked = call(`/v1/undos/next?agent=${agent.id}&waitMs=25000&handlers=${encodeURIComponent('["refund_void"]')}`);
    await way.getByRole("button", { name: "Rehearse for refund_create" }).click();
    const [rehearsal] = (await asked).rehearsals;
    expect(rehearsal?.handler).toBe("refund_void");
    await call(`/v1/hooks/rehearsals/${rehearsal?.rehearsalId}`, { outcome });
    await expect(way).toContainText(word);
    await expect(way).toContainText(sentence);
    await expectGoodPage(page);
  }
});

test("who may not decide reads why, and every screen of actions is in order", async ({ makeAgent, makePerson, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const { id } = await prepare(agent, key, { input: { order: "5512", amount: 120, card_pin: "4711" } });
  const viewer = await openAs(await makePerson("Vera Viewer"), paths.action(id));
  await expect(decide(viewer)).toContainText("may decide about actions");
  await expect(decide(viewer).getByText("may decide about actions")).toHaveCount(1);
  for (const name of [/^Approve [0-9a-f]{4} /, "Approve with edits", "Reject with reason", "Ask the agent"]) {
    const button = decide(viewer).getByRole("button", { name });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription(/You cannot decide\..+may decide about actions/);
  }
  await expect(viewer.getByText("4711")).toHaveCount(0);
  await expectGoodPage(viewer);
  for (const path of [paths.actions(), paths.actions({ state: "expired", agent: agent.id }), paths.actionQuality(), paths.undos(), paths.inbox({ tab: "actions" })]) {
    await openPage(viewer, path);
    await expectGoodPage(viewer);
  }
  const page = await openAs(agent.team.author, paths.action(id));
  await expectGoodPage(page);
  await expect(page.getByText("The arguments hold a secret, which is not shown, so they cannot be edited here.")).toBeVisible();
  await expect(decide(page)).toContainText("1 value is hidden.");
  await expect(page.getByText('"card_pin": "•••••• (4 characters hidden)"')).toBeVisible();
  await page.getByRole("button", { name: "Reject with reason" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectGoodPage(page);
});

test("a run shows what the gate decided in it, and leads to the action", async ({ makeAgent, openAs }) => {
  const { agent, key } = await makeAsking(makeAgent);
  const conversationId = `conversation-${crypto.randomUUID()}`;
  const { id } = await prepare(agent, key, { conversationId });
  const spans = aRefund({ prompt: "You handle refunds." });
  await sendRun(await agent.key(["telemetry"]), { agentId: agent.id, label: "1.1", conversation: conversationId, spans });
  const byConversation = { agentId_conversationId: { agentId: agent.id, conversationId } };
  await until(async () => (await prisma().run.findUnique({ where: byConversation }))?.spanCount === spans.length, "the run has arrived");
  const { id: runId } = await prisma().run.findUniqueOrThrow({ where: byConversation });
  const page = await openAs(agent.team.author, paths.run(runId));
  const gate = page.getByRole("region", { name: "At the gate" });
  await expect(gate).toContainText("Held for a person");
  await expectGoodPage(page);
  await gate.getByRole("link", { name: "The action" }).click();
  await expect(page).toHaveURL(paths.action(id));
  await page.getByRole("link", { name: "The run" }).click();
  await expect(page).toHaveURL(paths.run(runId));
});
