import type { Locator, Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import type { CanaryPlan } from "../lib/domain/canary-plan.ts";
import { startRollout } from "../lib/operations/start-rollout.ts";
import { paths } from "../lib/paths.ts";
import { doTasks, ofBothArms, runRow, shortStage, type DoneTask } from "../lib/testing/tried-agent.ts";
import { expect, expectGoodPage, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";
import { until } from "./own-server.ts";

test.describe.configure({ timeout: 120_000 });

interface Tried {
  agent: TestAgent;
  id: string;
  path: string;
  currentId: string;
  candidateId: string;
  read: () => ReturnType<typeof readRollout>;
}

const readRollout = (id: string) => prisma().rollout.findUniqueOrThrow({ where: { id } });

/** Planned, as its approval left it. `daily`: so many tasks of the current version were done in the last day. */
async function plan(makeAgent: () => Promise<TestAgent>, daily = 0): Promise<Tried> {
  const agent = await makeAgent();
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const now = Date.now();
  await prisma().run.createMany({ data: Array.from({ length: daily }, (_, index) => runRow(agent.id, `before-${index}`, { versionId: currentVersionId }, new Date(now - 86_400_000 + index * Math.floor(86_000_000 / daily)))) });
  const { change } = await agent.register(manifestOf({ label: "2.0", prompt: "You handle refunds and invoices." }));
  await agent.approve(change?.id ?? "");
  const { id, currentId, candidateId } = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change?.id ?? "" } });
  return { agent, id, path: paths.rollout(id), currentId, candidateId, read: () => readRollout(id) };
}

/** Success shows within a few dozen tasks that it is not worse, and errors do not; nothing is held or rolled back. */
const SHORT: Partial<CanaryPlan> = {
  metrics: [
    { metric: "action_errors", weight: 0.5, isGating: true, margin: { kind: "points", value: 0.01 }, band: null }, { metric: "success", weight: 0.5, isGating: true, margin: { kind: "points", value: 0.5 }, band: null },
    { metric: "latency", weight: 0.1, isGating: false, margin: { kind: "ratio", value: 3 }, band: null },
  ],
  stages: [shortStage("assisted"), shortStage("partial")], holdAt: 1_000, rollBackAt: 10_000, onWorse: "hold",
};

/** By an owner: the author may not ask for so little. */
async function start(tried: Tried): Promise<void> {
  const { plan: planned, revision } = await tried.read();
  await startRollout(await tried.agent.team.model_steward.actor(), { rolloutId: tried.id, revision, startsAnyway: true, plan: { ...(planned as unknown as CanaryPlan), ...SHORT } });
}

/** Done, and seen by the judge of the server. */
async function judged(tried: Tried, tasks: readonly Partial<DoneTask>[]): Promise<void> {
  const { agent: { id }, read, currentId, candidateId } = tried;
  const before = await prisma().assignment.count({ where: { rolloutId: tried.id } });
  await doTasks({ id, read, currentId, candidateId }, tasks);
  await until(async () => (await prisma().assignment.count({ where: { rolloutId: tried.id, judgedAt: { not: null } } })) === before + tasks.length, "every task is judged");
}

/** So many tasks of each version in one country, of which the first ones fail. */
const inCountry = (country: string, count: number, failures: { current: number; candidate: number }): Partial<DoneTask>[] =>
  ofBothArms(count).map((task, index) => ({ ...task, segments: { country }, outcome: Math.floor(index / 2) < failures[task.arm ?? "current"] ? "failure" : "success" }));

const verdict = (page: Page): Locator => page.getByRole("heading", { level: 1 });
const steps = (page: Page): Locator => page.getByRole("list", { name: "Stages" }).getByRole("listitem");
const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });
const metric = (page: Page, name: string): Locator => page.getByRole("figure").filter({ hasText: new RegExp(`^${name}:`) });

async function expectToWait(page: Page, { agent, path }: Tried, what: string | RegExp): Promise<void> {
  await page.goto(paths.rollouts({ agent: agent.id }));
  await expect(page.getByRole("table", { name: "Rollouts" }).getByRole("row", { name: `${agent.id} 1 → 2` })).toContainText(what);
  await openPage(page, path);
}

/** Half under the bar at the top a field is too small a target. */
async function expectGoodFromTop(page: Page): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await expectGoodPage(page);
}

/** A decision takes its button away: the reader goes on at the top, where it says how it stands now, and what was done is read out. */
async function expectTold(page: Page, said: string): Promise<void> {
  await expect(page.locator("[aria-live=polite]").filter({ hasText: said })).toHaveCount(1);
  await expect(verdict(page)).toBeFocused();
  await expect(verdict(page)).toBeInViewport({ ratio: 1 });
}

/** Opens the dialog of a decision, looks at it, says why and sends it. */
async function decide(page: Page, opener: string, { title = opener, reason, submit, said }: { title?: string; reason: string; submit: string; said: string }): Promise<void> {
  await button(page, opener).click();
  const dialog = page.getByRole("dialog", { name: title, exact: true });
  await expect(dialog).toBeVisible();
  await expectGoodPage(page);
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: submit, exact: true }).click();
  await expect(dialog).toBeHidden();
  await expectTold(page, said);
}

test("the plan: a margin of nothing is refused at its field with all that was typed, a weaker one is for somebody else than the author, and then it starts", async ({ makeAgent, openAs }) => {
  const tried = await plan(makeAgent, 2_000);
  const { team } = tried.agent;
  const { revision } = await tried.read();
  const steward = await openAs(team.model_steward, tried.path);
  await expectToWait(steward, tried, "Somebody to start it");
  await expect(verdict(steward)).toHaveText("2 is approved and not in use. 1 does every task until somebody starts the rollout.");
  await expect(verdict(steward)).toBeInViewport();

  const form = steward.getByRole("region", { name: "The plan" });
  const assisted = form.getByRole("group", { name: "Stage assisted" });
  const violations = form.getByRole("group", { name: "Violations attempted" });
  const margin = violations.getByLabel("Margin", { exact: true });
  await form.getByLabel("Deadline, days").fill("21");
  await form.getByLabel("When it is worse").selectOption({ label: "hold, a person decides" });
  await assisted.getByLabel("Tasks at least, each exposure").fill("40");
  await form.getByRole("group", { name: "Escalation rate" }).getByRole("checkbox").uncheck();
  await violations.getByLabel("Margin in").selectOption({ label: "percentage points" });
  await margin.fill("0");
  const save = form.getByRole("button", { name: "Save the plan and estimate" });
  await save.click();

  await expect(form.getByText("Some fields need another look.")).toBeVisible();
  await expect(margin).toHaveAccessibleDescription(/A margin of 0 can never be shown to hold/);
  await expect(margin).toHaveAttribute("aria-invalid", "true");
  const expectTyped = async () => {
    await expect(form.getByLabel("Deadline, days")).toHaveValue("21");
    await expect(form.getByLabel("When it is worse")).toHaveValue("hold");
    await expect(assisted.getByLabel("Tasks at least, each exposure")).toHaveValue("40");
    await expect(form.getByRole("group", { name: "Escalation rate" }).getByRole("checkbox")).not.toBeChecked();
    await expect(violations.getByLabel("Margin in")).toHaveValue("points");
  };
  await expectTyped();
  await expect(margin).toHaveValue("0");
  await expectGoodFromTop(steward);
  expect((await tried.read()).revision).toBe(revision);

  await margin.fill("3");
  await save.click();
  const weaker = steward.getByRole("status").filter({ hasText: "This plan is weaker than the usual one." });
  await expect(weaker).toContainText("It asks for 40 tasks in assisted instead of 100.");
  await expectTyped();
  expect((await tried.read()).plan).toMatchObject({ deadlineDays: 21, onWorse: "hold" });

  const author = await openAs(team.author, tried.path);
  await expect(button(author, "Start the rollout")).toBeDisabled();
  await expect(button(author, "Start the rollout")).toHaveAccessibleDescription(/^You proposed this change, or made the key that did; a plan that is weaker than the usual one needs somebody else\./);
  await expect(author.getByText(/a plan that is weaker than the usual one needs somebody else\. Weaker/)).toBeVisible();
  await expectGoodPage(author);

  await button(steward, "Start the rollout").click();
  const started = "Cannot tell yet. This stage asks for 40 tasks of the candidate.";
  await expect(verdict(steward)).toHaveText(started);
  await expectTold(steward, "Started. The first stage begins.");
  await expect(steps(steward).first()).toHaveAttribute("aria-current", "step");
  await expect(steward.getByText("Started by Daniel Okafor").first()).toBeVisible();
  await expect(verdict(author)).toHaveText(started);
  await expectToWait(steward, tried, "40 tasks of the candidate in this stage");
});

test("what the judge says: first in a sentence, then by metric, as a table, for the business, with its numbers, and by segment", async ({ makeAgent, openAs }) => {
  const tried = await plan(makeAgent);
  await start(tried);
  await judged(tried, [...inCountry("NO", 60, { current: 10, candidate: 0 }), ...inCountry("SE", 40, { current: 0, candidate: 24 })]);
  const page = await openAs(tried.agent.team.business_owner, tried.path);

  await expect(verdict(page)).toHaveText(/^Not worse on 1 of 3\. Not enough data on action errors: about [\d,]+ more tasks, roughly /);
  await expect(verdict(page)).toBeInViewport({ ratio: 1 });
  await expect(steps(page).first()).toContainText("Assisted, 50 % of tasks");
  await expect(steps(page).first()).toContainText("100 of at least 20 tasks");

  await test.step("each metric: the finding, how much it rests on, the difference, and all of it as a table", async () => {
    const success = metric(page, "Success");
    await expect(success).toContainText("Success: not worse");
    await expect(success).toContainText("n = 100 and 100");
    await expect(success.getByRole("img", { name: /^Success: not worse\. 1: 90 %.*; 2: 76 %.*; limit 40 %\.$/ })).toBeVisible();
    await expect(success).toContainText(/Difference −14 points, between −[\d.]+ points and [−+][\d.]+ points\. Limit −50 points\./);
    await expect(metric(page, "Action errors")).toContainText("Action errors: cannot tell yet");
    await expect(metric(page, "Action errors")).toContainText("limit 1 %");
    await expect(metric(page, "Latency")).toContainText(/p95 per task.*does not gate, not compared in this stage/);
    await expect(metric(page, "Latency")).toContainText("No limit for this figure: not worse means not above the upper quartile or the ninth decile of before 3 times as often or more.");
    await expect(metric(page, "Latency").getByRole("img", { name: /^Latency: cannot tell yet\. 1: [\d.]+ ms.*; 2: [\d.]+ ms/ })).toBeVisible();
    // The same unit, the same scale.
    const ticks = (name: string) => metric(page, name).locator(".plot").first().locator(".tick").allTextContents();
    expect(await ticks("Action errors")).toEqual(await ticks("Success"));
    await expect(success.getByRole("table")).toBeHidden();
    await success.getByText("View as table").click();
    const table = success.getByRole("table", { name: "Success, of everything judged until then" });
    await expect(table.getByRole("row").filter({ hasText: /90 %\s*100\s*76 %\s*100\s*−14 points/ }).first()).toBeVisible();
    await expectGoodPage(page);
  });

  await test.step("from point to point by the arrow keys, each said and shown", async () => {
    const points = metric(page, "Success").getByRole("slider", { name: "Success: not worse, by time" });
    await points.focus();
    await page.keyboard.press("Home");
    const said: string[] = [];
    for (let left = Number(await points.getAttribute("aria-valuemax")); left > 0; left -= 1) {
      said.push((await points.getAttribute("aria-valuetext")) ?? "");
      await expect(points).toHaveText(said.at(-1) ?? "");
      await page.keyboard.press("ArrowRight");
    }
    expect(said.filter((text) => text.endsWith("UTC: 1 90 %, 2 76 %"))).not.toEqual([]);
    await expect(points).toHaveAttribute("aria-valuenow", String(said.length));
  });

  await test.step("why, with the numbers, and the mathematics for whoever asks", async () => {
    const why = page.getByRole("region", { name: "Why this verdict" });
    await expect(why).toContainText("Success: the candidate 76 of 100 tasks (76 %), the current version 90 of 100 tasks (90 %). \"Not worse\" means here: not lower by 50 percentage points or more.");
    await expect(why).toContainText(/The evidence for that is [\d.]+ and 20 is needed\./);
    await expect(why).toContainText(/Latency: the candidate [\d.]+ ms as the p95 of 100 tasks, the current version [\d.]+ ms as the p95 of 100 tasks\./);
    const evidence = why.getByRole("table", { name: "E-values of each metric" });
    await expect(evidence).toBeHidden();
    await why.getByText("Show the mathematics").click();
    await expect(evidence.getByRole("row", { name: /^Success/ }).getByRole("cell")).toHaveText([/^[\d.,e+]+$/, /^[\d.,e+]+$/, /^[\d.,e+]+$/]);
    await expect(evidence.getByRole("row", { name: /^All, weighted mean/ })).toBeVisible();
    const formulas = why.getByRole("table", { name: "Formulas behind the verdict" });
    await expect(formulas.getByRole("row", { name: /^Success: not worse/ })).toContainText("margin δ = 0.5");
    await expect(formulas.getByRole("row", { name: /^Any metric worse/ })).toContainText("1,000 holds");
    // This plan holds whatever is worse, and rolls nothing back for it.
    await expect(why.getByText(/^Held at 1,000; the highest value so far counts\.$/)).toBeVisible();
  });

  await test.step("an average hides no broken country", async () => {
    const segments = page.getByRole("region", { name: "By segment" });
    await expect(segments).toContainText("Worst: country = SE, success 40 % against 100 %.");
    await segments.getByText("Every segment").click();
    await expect(segments.getByRole("row", { name: /^country = SE/ })).toContainText("worse: success");
    await expect(segments.getByRole("row", { name: /^country = NO/ })).toContainText("not shown to be worse");
    await expectGoodPage(page);
  });

  await page.getByRole("navigation", { name: "How it is shown" }).getByRole("link", { name: "For the business" }).click();
  const short = page.getByRole("region", { name: "In short" });
  await expect(short.getByRole("listitem").filter({ hasText: "Success: within its usual range" })).toContainText("76 % against 90 %");
  await expect(short.getByRole("listitem").filter({ hasText: "Action errors: not enough data" })).toContainText("this is not a pass");
  await expect(short.getByRole("listitem").filter({ hasText: "Latency: not enough data" })).toContainText(/p95 [\d.]+ ms against [\d.]+ ms/);
  await expectGoodPage(page);
  await expectToWait(page, tried, "More outcomes on action errors");
});

test("what people do with it: pause and resume, two who waive, and an outdated page that still aborts", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const tried = await plan(makeAgent);
  await start(tried);
  await judged(tried, ofBothArms(25));
  const { team } = tried.agent;
  const business = await openAs(team.business_owner, tried.path);
  await expect(button(business, "Promote to partial")).toHaveAccessibleDescription("Opens when every gating metric is judged not worse.");

  await decide(business, "Pause the rollout", { reason: "The quarter ends.", submit: "Pause", said: "Paused. New tasks go to the current version." });
  await expect(business.getByRole("status").filter({ hasText: "Paused. New tasks go to the current version." })).toContainText("The quarter ends.");
  await expect(verdict(business)).toContainText("Paused: 2 gets no tasks.");
  await expectToWait(business, tried, "Somebody to resume it");
  await decide(business, "Resume the rollout", { reason: "It has ended.", submit: "Resume", said: "Resumed. It goes on where it stood." });
  await expect(steps(business).first()).toContainText("Assisted, 50 % of tasks");

  // From here on it hears nothing of what the others do.
  const onCall = await openAs(await makePerson("Ola Nord", ["on_call"]), tried.path);
  const told = await (await onCall.request.get(`/api/console/rollouts/${tried.id}`)).text();
  await onCall.route(`**/api/console/rollouts/${tried.id}`, (route) => route.fulfill({ contentType: "application/json", body: told }));

  const waived = { title: "Waive the evidence of this stage", submit: "Waive" };
  const goOn = "Go on without the evidence";
  await decide(business, goOn, { ...waived, reason: "Tried elsewhere for weeks.", said: "Your waiver is recorded. A second person has to waive it too." });
  await expect(button(business, goOn)).toHaveAccessibleDescription("You waived it. A second person has to. Ask Priya Nair or Daniel Okafor.");
  const technical = await openAs(team.technical_owner, tried.path);
  await expect(technical.getByRole("status").filter({ hasText: "Ingrid Holm waived it" })).toContainText("Tried elsewhere for weeks.");
  await expect(steps(technical).first()).toHaveAttribute("aria-current", "step");
  await decide(technical, goOn, { ...waived, reason: "I have seen it, too.", said: "Waived. The next stage begins." });
  await expect(steps(technical).nth(1)).toHaveAttribute("aria-current", "step");
  await expect(steps(technical).nth(1)).toContainText("Partial, 50 % of tasks");

  await test.step("apart from what brings it further, in place and in shape", async () => {
    const [promote, abort] = [button(technical, "Put 2 in effect"), button(technical, "Abort, back to 1")];
    await expect(promote).toBeVisible();
    const [promoteAt, abortAt, panelsAt] = await Promise.all([promote.boundingBox(), abort.boundingBox(), technical.getByRole("heading", { name: "Metrics" }).boundingBox()]);
    expect(promoteAt?.y).toBeLessThan(panelsAt?.y ?? 0);
    expect(abortAt?.y).toBeGreaterThan(panelsAt?.y ?? Infinity);
    expect(await abort.getAttribute("class")).not.toBe(await promote.getAttribute("class"));
  });

  await expect(steps(onCall).first()).toHaveAttribute("aria-current", "step");
  await button(onCall, "Pause the rollout").click();
  const pausing = onCall.getByRole("dialog", { name: "Pause the rollout" });
  await pausing.getByLabel("Reason").fill("It looks odd.");
  await pausing.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(pausing.getByRole("alert")).toContainText("This rollout moved on after this page was loaded. Nothing was decided");
  await expect(pausing.getByLabel("Reason")).toHaveValue("It looks odd.");
  await pausing.getByRole("button", { name: "Cancel" }).click();
  await decide(onCall, "Abort, back to 1", { reason: "It looks odd, and I cannot wait.", submit: "Abort", said: "Aborted. The current version does every task." });
  await expect(verdict(onCall)).toHaveText("Aborted: back to 1. 2 gets no tasks.");
  await expect(onCall.getByText("Proven: 2 is out")).toBeVisible();
  await expect(onCall.getByText(/^Since the end: 0 tasks given to 2, 0 calls with an effect let through/)).toBeVisible();
  await expect(onCall.getByText("It looks odd, and I cannot wait.").first()).toBeVisible();
  await expectGoodFromTop(onCall);

  // While a pointer rests on a row nothing moves.
  await technical.mouse.move(0, 0);
  await expect(verdict(technical)).toHaveText("Aborted: back to 1. 2 gets no tasks.");
  await expect(button(technical, "Put 2 in effect")).toHaveCount(0);
  await technical.goto(paths.rollouts({ agent: tried.agent.id, state: "aborted" }));
  await expect(technical.getByRole("row", { name: `${tried.agent.id} 1 → 2` })).toContainText("nothing");
});
