import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import type { Manifest } from "../lib/domain/manifest.ts";
import { approveChange, recordSuiteResult } from "../lib/operations/changes.ts";
import { registerVersion, registrationSchema } from "../lib/operations/versions.ts";
import { systemActor } from "../lib/operations/people.ts";
import { paths } from "../lib/paths.ts";
import { expect, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { untilTakenOver } from "./open-page.ts";
import { readWhatChanges } from "./read-what-changes.ts";

/** The refund tool may pay back up to `maximum` EUR; the owners and a red-team suite are asked. */
function widened(maximum = 500, label = "1.1"): Manifest {
  const [order, refund] = manifestOf().tools;
  if (!order || !refund) throw new Error("the manifest of the specs lacks a tool");
  const inputSchema = { type: "object", properties: { order: { type: "string" }, amount: { type: "number", maximum } }, required: ["order", "amount"] };
  return manifestOf({ label, tools: [order, { ...refund, inputSchema }] });
}

async function propose(agent: TestAgent, manifest = widened()): Promise<string> {
  const { change } = await agent.register(manifest);
  if (!change) throw new Error("registering made no change");
  return change.id;
}

const stateOf = async (changeId: string): Promise<string> => (await prisma().change.findUniqueOrThrow({ where: { id: changeId } })).state;
const approvalsOf = (changeId: string): Promise<number> => prisma().review.count({ where: { changeId, decision: "approve", voidedAt: null } });

const decision = (page: Page) => page.getByRole("region", { name: "Decide" });
const approveButton = (page: Page) => decision(page).getByRole("button", { name: /^Approve [0-9a-f]{4} [0-9a-f]{4}$/ });
async function approve(page: Page): Promise<void> {
  await readWhatChanges(page);
  await approveButton(page).click();
}
const constraints = (page: Page) => page.getByRole("list", { name: "Constraints, the binding one first" });

async function recordSuite(page: Page, suite: string, passed: number): Promise<void> {
  await page.getByRole("button", { name: "Record a suite result" }).click();
  const dialog = page.getByRole("dialog", { name: "Record a suite result" });
  await dialog.getByLabel("Suite").selectOption({ label: suite });
  await dialog.getByLabel("Passed").fill(String(passed));
  await dialog.getByRole("button", { name: "Record", exact: true }).click();
  await expect(dialog).toBeHidden();
}

test("from a widened tool to a version in effect: seen in the inbox, read, tested, approved by both owners", async ({ makeAgent, openAs, isMobile }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);

  const business = await openAs(agent.team.business_owner, paths.inbox());
  const waiting = business.getByRole("list", { name: "Waiting" }).getByRole("listitem").filter({ hasText: agent.id, has: business.getByRole("link") });
  await expect(waiting).toContainText("Critical change");
  await expect(waiting).toContainText("Approve or reject");
  await waiting.getByRole("link").click();
  await expect(business).toHaveURL(paths.change(changeId));

  const delta = business.getByRole("region", { name: "What it could do that it cannot do today" });
  await expect(delta).toBeInViewport();
  await expect(delta).toContainText("maximum 150 → 500");
  if (!isMobile) await expect(approveButton(business)).toBeInViewport();
  await expect(business.getByRole("region", { name: "Meanwhile" })).toContainText(`${agent.id} 1 is capped at assisted (it would be partial)`);

  const technical = await openAs(agent.team.technical_owner, paths.agent(agent.id));
  await expect(constraints(technical).getByRole("listitem").first()).toContainText("A critical change is open");
  await technical.goto(paths.change(changeId));
  await recordSuite(technical, "Red-team suite", 60);
  await expect(technical.getByRole("region", { name: "Obligations" })).toContainText("60 of 60 pass");
  await approve(technical);
  await expect(technical.getByText("You approved this. It takes effect when the rest is met.")).toBeVisible();
  expect(await stateOf(changeId)).toBe("open");

  await business.reload();
  await untilTakenOver(business);
  await business.getByLabel("Comment (optional)").fill("Agreed with Finance.");
  await approve(business);
  const decided = business.getByRole("region", { name: "Decision" });
  await expect(decided).toContainText("Approved by Ingrid Holm");
  await expect(decided).toContainText("Agreed with Finance.");

  await business.goto(paths.agentVersions(agent.id));
  await expect(business.getByRole("row", { name: /^Version 2/ })).not.toContainText("Current");
  await agent.skipRollout(changeId);
  await business.goto(paths.agentVersions(agent.id));
  await expect(business.getByRole("row", { name: /^Version 2/ })).toContainText("Current");
  await business.goto(paths.agent(agent.id));
  await expect(business.getByRole("heading", { name: "Partial, because its stage is partial." })).toBeVisible();
  await expect(constraints(business).getByRole("listitem").first()).not.toContainText("Open change");
  await business.goto(paths.agentAuthority(agent.id));
  await expect(business.getByRole("table", { name: "Changes of authority, the newest first" }).getByRole("row").nth(1)).toContainText("partial");
});

test("the author, a viewer and an owner who is not asked read why they cannot approve", async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const cases = [
    { person: agent.team.author, reason: "You proposed this change, or made the key that did; somebody else decides." },
    { person: await makePerson("Vera Viewer"), reason: "It needs business owner and technical owner; you hold none of these roles here." },
    { person: agent.team.model_steward, reason: "It needs business owner and technical owner; you hold none of these roles here." },
  ];
  for (const { person, reason } of cases) {
    const page = await openAs(person, paths.change(changeId));
    await expect(decision(page).getByText(reason)).toBeVisible();
    await expect(approveButton(page)).toBeDisabled();
    await expect(approveButton(page)).toHaveAccessibleDescription(/You cannot approve\./);
  }
  expect(await approvalsOf(changeId)).toBe(0);
});

test("an approval from a page that shows an older proposal decides nothing", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.business_owner, paths.change(changeId));
  await expect(approveButton(page)).toBeVisible();
  // The press is faster than the page hears of the edit.
  let letThrough = (): void => undefined;
  const isLetThrough = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route(`**/api/console/changes/${changeId}`, async (route) => {
    await isLetThrough;
    await route.continue();
  });
  await registerVersion(systemActor, registrationSchema.parse({ agentId: agent.id, manifest: widened(5_000, "1.2"), source: "api", author: agent.team.author.email, replacesChangeId: changeId }));
  await approve(page);
  await expect(page.getByRole("alert").filter({ hasText: "The proposal was edited after this page was loaded. Nothing was decided" })).toBeVisible();
  expect(await stateOf(changeId)).toBe("open");
  expect(await approvalsOf(changeId)).toBe(0);
  letThrough();
  await expect(page.getByText("The proposal was edited just now.", { exact: true })).toBeVisible();
  await expect(approveButton(page)).toBeDisabled();
  await expect(approveButton(page)).toHaveAccessibleDescription("The proposal was edited just now. Show the change as it is now first.");
  await page.getByRole("button", { name: "Show the change as it is now" }).click();
  await expect(page.getByRole("region", { name: "What it could do that it cannot do today" })).toContainText("maximum 150 → 5000");
});

test("an edit voids the approvals that were given, and the history says so", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.technical_owner, paths.change(changeId));
  await approve(page);
  await expect(page.getByText("You approved this.")).toBeVisible();
  await page.getByRole("link", { name: "Edit the proposal" }).click();
  await expect(page.getByText("This edits an open change.")).toBeVisible();
  await page.getByLabel("Or paste it").fill(JSON.stringify(widened(300, "1.2")));
  await page.getByRole("button", { name: "Replace the proposal" }).click();
  await expect(page).toHaveURL(paths.change(changeId));
  await expect(page.getByRole("region", { name: "History" })).toContainText(/Void\. .+ edited the proposal: it is version 3 now\./);
  await page.getByRole("link", { name: "Show only what changed since you approved" }).click();
  await expect(page.getByText("Compared with version 2, which you approved.")).toBeVisible();
  await expect(decision(page).getByText("You proposed this change, or made the key that did; somebody else decides.")).toBeVisible();
  await expect(approveButton(page)).toBeDisabled();
  expect(await approvalsOf(changeId)).toBe(0);
});

test("two people at once: the second sees in place that it is decided", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const first = await openAs(agent.team.business_owner, paths.change(changeId));
  const second = await openAs(agent.team.technical_owner, paths.change(changeId));
  await second.getByLabel("Comment (optional)").fill("Agreed with Finance.");
  await first.getByRole("button", { name: "Reject with reason" }).click();
  await first.getByRole("dialog").getByLabel("Reason").fill("Too much money.");
  await first.getByRole("dialog").getByRole("button", { name: "Reject this change" }).click();
  await expect(first.getByRole("region", { name: "Decision" })).toContainText("Rejected by Ingrid Holm");
  await expect(first.getByRole("region", { name: "Decision" })).toContainText("Too much money.");

  await expect(second.getByText("Rejected by Ingrid Holm just now.", { exact: true })).toBeVisible();
  // What was under the finger stays there, with what was written, and says why it cannot be pressed.
  await expect(approveButton(second)).toBeDisabled();
  await expect(second.getByLabel("Comment (optional)")).toHaveValue("Agreed with Finance.");
  await expect(approveButton(second)).toHaveAccessibleDescription(/^Rejected by Ingrid Holm just now\./);
  await second.getByRole("button", { name: "Show the change as it is now" }).click();
  await expect(second.getByRole("region", { name: "Decision" })).toContainText("Rejected by Ingrid Holm");
  expect(await stateOf(changeId)).toBe("rejected");
});

test("while nobody can tell whether the page is current, nobody approves from it, however well the house is heard", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.business_owner, paths.change(changeId));
  await expect(approveButton(page)).toBeEnabled();
  await page.route(`**/api/console/changes/${changeId}`, (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }));
  // A red-team suite that fails meanwhile: the page hears that something moved, and cannot read what.
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  await recordSuiteResult(await agent.team.technical_owner.actor(), { changeId, suite: "red_team", fingerprint, passed: 58, failed: 2, undecided: 0, url: "https://ci.example.test/runs/12" });
  await expect(page.getByText("Cannot tell whether this is still current.")).toBeVisible();
  await expect(approveButton(page)).toBeDisabled();
  await page.unroute(`**/api/console/changes/${changeId}`);
  await expect(page.getByText("Somebody reviewed this, or a suite reported.", { exact: true })).toBeVisible();
  await expect(approveButton(page)).toBeDisabled();
  await page.getByRole("button", { name: "Show the change as it is now" }).click();
  await expect(page.getByRole("region", { name: "Obligations" })).toContainText("2 of 60 cases fail");
  await expect(page.getByRole("link", { name: "Its run, on ci.example.test" })).toHaveAttribute("href", "https://ci.example.test/runs/12");
  await expect(approveButton(page)).toBeEnabled();
});

test("rejecting needs a reason", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.business_owner, paths.change(changeId));
  await page.getByRole("button", { name: "Reject with reason" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reject this change" }).click();
  await expect(page.getByRole("dialog").getByLabel("Reason")).toBeFocused();
  expect(await stateOf(changeId)).toBe("open");
});

test("the author withdraws the proposal, and the cap is gone", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.author, paths.change(changeId));
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw this change" }).click();
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("Withdrawn by Tomás Vega");
  expect(await stateOf(changeId)).toBe("withdrawn");
  await page.goto(paths.agent(agent.id));
  await expect(page.getByRole("heading", { name: "Partial, because its stage is partial." })).toBeVisible();
});

test("a failed suite blocks what everybody approved, until it passes", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  await approveChange(await agent.team.business_owner.actor(), { changeId, fingerprint, comment: null });
  const page = await openAs(agent.team.technical_owner, paths.change(changeId));
  await page.getByRole("button", { name: "Record a suite result" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Suite").selectOption({ label: "Red-team suite" });
  await dialog.getByLabel("Passed").fill("58");
  await dialog.getByLabel("Failed").fill("2");
  await dialog.getByRole("button", { name: "Record", exact: true }).click();
  await expect(page.getByRole("region", { name: "Obligations" })).toContainText("2 of 60 cases fail");
  await approve(page);
  await expect(page.getByText("You approved this. It takes effect when the rest is met.")).toBeVisible();
  expect(await stateOf(changeId)).toBe("open");
  await recordSuite(page, "Red-team suite", 60);
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("Approved");
  expect(await stateOf(changeId)).toBe("approved");
});

test("with the keyboard alone: from the inbox to an approval", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const changeId = await propose(agent);
  const page = await openAs(agent.team.business_owner, paths.inbox({ tab: "mine" }));
  await expect(page.getByRole("list", { name: "Waiting" }).getByRole("link")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("list", { name: "Waiting" }).getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(approveButton(page)).toBeVisible();
  const isReached = () => approveButton(page).evaluate((button) => button === document.activeElement);
  for (let step = 0; step < 80 && !(await isReached()); step++) await page.keyboard.press("Tab");
  await expect(approveButton(page)).toBeFocused();
  await expect(approveButton(page)).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByText("You approved this. It takes effect when the rest is met.")).toBeVisible();
  expect(await approvalsOf(changeId)).toBe(1);
});

test("what only differs in whitespace passes by itself and is in the list of decided changes", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const prompt = (manifestOf().prompt as string).replace("\n", "\n\n");
  const { change } = await agent.register(manifestOf({ label: "1.0.1", prompt }));
  expect(change).toMatchObject({ state: "approved", class: "harmless" });
  const page = await openAs(agent.team.business_owner, paths.changes({ agent: agent.id, state: "decided" }));
  await page.getByRole("link", { name: new RegExp(`^${agent.id} 1 → 2`) }).click();
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("Approved by Holdpoint");
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("harmless by the re-review policy");
});
