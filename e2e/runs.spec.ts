import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { until } from "./own-server.ts";
import { aRefund, newSpanId, sendRun, type SentSpan } from "./send-spans.ts";

const PROMPT = manifestOf().prompt as string;
const FAILURE = "The address of order 5498 could not be read.";

/** One task with `count` spans, tool calls all but the root; the one at `failsAt` ends in an error. */
function longRun(count: number, failsAt: number): { spans: SentSpan[]; failing: string } {
  const root: SentSpan = { spanId: newSpanId(), name: "invoke_agent", atMs: 0, tookMs: count * 10, attributes: { "gen_ai.operation.name": "invoke_agent", "holdpoint.record.ticket": "T-77" } };
  const calls = Array.from({ length: count - 1 }, (_, index): SentSpan => ({
    spanId: newSpanId(), parentSpanId: root.spanId, name: `execute_tool order_get ${index + 1}`, atMs: index * 10, tookMs: 8, ...(index + 1 === failsAt ? { error: FAILURE } : {}),
    attributes: {
      "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": index + 1 === failsAt ? "address_read" : "order_get",
      "gen_ai.tool.call.arguments": JSON.stringify({ order: `no-${index + 1}`, apiKey: "sk-live-0123456789abcdef" }), "gen_ai.tool.call.result": JSON.stringify({ lines: [index + 1] }),
    },
  }));
  return { spans: [root, ...calls], failing: calls[failsAt - 1]?.spanId ?? "" };
}

const runOf = async (conversationId: string, spanCount: number): Promise<string> => {
  await until(async () => (await prisma().run.findFirst({ where: { conversationId } }))?.spanCount === spanCount, `the run with ${spanCount} spans is there`);
  return (await prisma().run.findFirstOrThrow({ where: { conversationId } })).id;
};

test("a run of 300 spans opens on the one that failed; its content comes when somebody looks", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  const { spans, failing } = longRun(300, 217);
  const secret = await agent.key();
  const conversation = await sendRun(secret, { agentId: agent.id, spans });
  const runId = await runOf(conversation, 300);
  const page = await openAs(agent.team.technical_owner, paths.runs({ agent: agent.id }));
  await page.getByRole("link", { name: "ticket T-77" }).first().click();
  await expect(page).toHaveURL(new RegExp(runId));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 of 299 tool calls failed");

  const detail = page.getByRole("region", { name: "Selected span" });
  const list = page.getByRole("list", { name: "Spans" });
  const row = list.getByRole("link").filter({ hasText: "address_read" });
  await expect(row).toHaveAttribute("aria-current", "true");
  await expect(row).toBeInViewport();
  // On a phone the list comes first, and its span opens over it.
  if (isMobile) await row.click();
  await expect(detail.getByRole("heading", { name: "address_read" })).toBeVisible();
  await expect(detail).toContainText(FAILURE);
  await expect(page.getByText("Came for: error, 1 of 1").filter({ visible: true })).toBeVisible();

  await expect(detail.getByText('"order"')).toHaveCount(0);
  await detail.getByRole("link", { name: "Input" }).click();
  await expect(detail).toContainText("no-217");
  await expect(detail).not.toContainText("sk-live-0123456789abcdef");
  await expect(detail).toContainText("1 value masked on the server");
  await expect(page).toHaveURL(new RegExp("tab=input"));
  await detail.getByRole("link", { name: "Output" }).click();
  await expect(detail).toContainText('"lines"');
  await page.goto(paths.run(runId, { span: failing, tab: "output" }));
  await expect(detail).toContainText('"lines"');

  await page.goto(paths.run(runId));
  await page.getByRole("link", { name: "Errors 1" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("link", { name: "Tools 299" }).click();
  await expect(list.getByRole("link").first()).toBeVisible();

  // It goes on: what is looked at stays, and what came is a press away.
  await sendRun(secret, { agentId: agent.id, conversation, spans: longRun(2, 0).spans });
  await page.getByRole("button", { name: "Show 2 new spans" }).click();
  await expect(page.getByRole("link", { name: "All 302" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Show / })).toHaveCount(0);
});

test("the arrow keys walk through the spans, n finds the failed one again", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const { spans } = longRun(40, 30);
  const runId = await runOf(await sendRun(await agent.key(), { agentId: agent.id, spans }), 40);
  const page = await openAs(agent.team.technical_owner, paths.runs({ agent: agent.id }));
  await page.getByRole("link", { name: "ticket T-77" }).first().click();
  await expect(page).toHaveURL(new RegExp(runId));
  const failed = page.getByRole("list", { name: "Spans" }).getByRole("link").filter({ hasText: "address_read" });
  await expect(failed).toHaveAttribute("aria-current", "true");
  await failed.focus();
  await page.keyboard.press("ArrowDown");
  await expect(failed).not.toHaveAttribute("aria-current", "true");
  await page.keyboard.press("ArrowUp");
  await expect(failed).toHaveAttribute("aria-current", "true");
  await expect(failed).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(failed).not.toHaveAttribute("aria-current", "true");
  await page.keyboard.press("n");
  await expect(failed).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("]");
  await expect(page.getByRole("region", { name: "Selected span" }).getByRole("link", { name: "Input" })).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("[");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByRole("row").first()).toHaveText("On this page");
  await expect(keys.locator("tbody").first()).toContainText("Next tab");
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(paths.runs({ agent: agent.id }));
  await expect(page.getByRole("link", { name: "ticket T-77" }).first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(failed).toHaveAttribute("aria-current", "true");
  await failed.focus();
  await page.keyboard.press("ArrowDown");
  await page.evaluate(() => localStorage.setItem("holdpoint-keys", "off"));
  await expect(failed).not.toHaveAttribute("aria-current", "true");
  const address = await page.evaluate(() => location.href);
  await page.keyboard.press("n");
  expect(await page.evaluate(() => location.href)).toBe(address);
});

test("the list is filtered by what sets a run apart, and the filter is the address", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const secret = await agent.key();
  const good = await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: PROMPT, order: "5001" }) });
  const bad = await sendRun(secret, { agentId: agent.id, spans: aRefund({ prompt: PROMPT, order: "5002", error: "The bank refused the payment." }) });
  await Promise.all([runOf(good, 4), runOf(bad, 4)]);
  const page = await openAs(agent.team.business_owner, paths.runs());
  const rows = page.getByRole("table", { name: "Runs, newest first" }).getByRole("row").filter({ hasText: /order 500/ });
  await page.getByLabel("Agent").fill(agent.id);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`agent=${agent.id}`));
  await expect(page.getByLabel("Agent")).toHaveValue(agent.id);
  await expect(rows).toHaveCount(2);

  await page.getByLabel("Outcome").selectOption({ label: "Failed" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("order 5002");
  await expect(page).toHaveURL(/outcome=failure/);

  await page.goto(paths.runs({ agent: agent.id, record: "order:5001" }));
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("order 5001");

  await page.goto(paths.runs({ agent: agent.id, record: "order:5003" }));
  await page.getByRole("link", { name: "what failed in the last 24 hours" }).click();
  await expect(page).toHaveURL(/outcome=failure&since=24h/);

  await page.goto(paths.runs({ agent: agent.id }));
  await page.getByText("More filters").click();
  await page.getByLabel("Words of the error").fill("bank refused");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(page.getByLabel("Words of the error")).toHaveValue("bank refused");
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(paths.runs());
});

test("a person says afterwards what came of a run; who may not reads why", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  const runId = await runOf(await sendRun(await agent.key(), { agentId: agent.id, spans: longRun(10, 0).spans }), 10);
  const page = await openAs(agent.team.business_owner, paths.run(runId));
  await expect(page.getByText("Nobody has said yet. A trace that ends without an error does not prove success.")).toBeVisible();
  await page.getByText("Say what came of it").click();
  await page.getByText("It failed", { exact: true }).click();
  await page.getByRole("button", { name: "Record the outcome" }).click();
  await expect(page.getByText("Reported afterwards by a person or a system.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("failed");
  const viewer = await openAs(await makePerson("Vera Viewer"), paths.run(runId));
  await viewer.getByText("Say what came of it").click();
  await expect(viewer.getByRole("button", { name: "Record the outcome" })).toHaveAccessibleDescription(/^Only .*may record outcomes/);
});

test("a run of 10,000 spans opens on its error with few nodes", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  test.setTimeout(120_000);
  const agent = await makeAgent();
  const { spans } = longRun(10_000, 8_765);
  const runId = await runOf(await sendRun(await agent.key(), { agentId: agent.id, spans }), 10_000);
  const page = await openAs(agent.team.technical_owner, paths.run(runId));
  const list = page.getByRole("list", { name: "Spans" });
  const failed = list.getByRole("link").filter({ hasText: "address_read" });
  await expect(failed).toBeInViewport();
  await expect(list.getByRole("listitem").first()).toHaveAttribute("aria-setsize", "10000");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(1_500);
  await list.getByRole("link").first().focus();
  await list.hover();
  await page.mouse.wheel(0, 400_000);
  await expect(list.getByRole("listitem").last()).toHaveAttribute("aria-posinset", "10000");
  await page.mouse.wheel(0, -400_000);
  await expect(list.getByRole("listitem").first()).toHaveAttribute("aria-posinset", "1");
  await list.getByRole("link").first().focus();
  await page.keyboard.press("End");
  const last = list.getByRole("listitem").last();
  await expect(last).toHaveAttribute("aria-posinset", "10000");
  await expect(last.getByRole("link")).toBeFocused();
  await expect(last.getByRole("link")).toBeInViewport();
  await page.keyboard.press("Home");
  await expect(list.getByRole("listitem").first().getByRole("link")).toBeFocused();
  await page.keyboard.press("End");
  await expect(last.getByRole("link")).toBeFocused();
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(1_500);

  // What is seen first comes with the page; the rest is asked for, and again when it could not be read.
  const rest = (url: URL): boolean => url.pathname === `/api/console/runs/${runId}`;
  await page.route(rest, (route) => route.abort());
  await page.goto(paths.run(runId));
  await expect(failed).toBeInViewport();
  await expect(page.getByRole("alert").filter({ hasText: "The other spans could not be read." })).toBeVisible();
  await expect(list).toHaveAttribute("aria-busy", "true");
  await page.unroute(rest);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(list).not.toHaveAttribute("aria-busy");
});
