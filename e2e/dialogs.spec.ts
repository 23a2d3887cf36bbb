import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { storeAction } from "../lib/testing/store-action.ts";
import { makeAsking } from "./asking-agent.ts";
import { expect, expectGoodInBothSchemes, expectGoodPage, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { openPage } from "./open-page.ts";

interface Shown {
  path: string;
  /** What the buttons say that open a dialog there, all that can be pressed. */
  opens: (string | RegExp)[];
}

/** Alike, at tier 1, so that they are approved together as well. */
async function storeRefunds({ id }: TestAgent): Promise<string> {
  const { currentVersionId: versionId } = await prisma().agent.update({ where: { id }, data: { tier: 1 } });
  const one = { versionId, amountMinor: 12_000n, currency: "EUR", justification: "The parcel was lost." };
  await storeAction(id, { ...one, input: { order: "1", amount: 120 } });
  return storeAction(id, { ...one, input: { order: "2", amount: 120 } });
}

async function storeDone({ id }: TestAgent): Promise<string> {
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id } });
  const at = new Date(Date.now() - 60_000);
  const compensation = { description: "Void it", withinHours: 24, hook: { kind: "manual", instructions: "Call the desk.", owner: "role:technical_owner" } };
  return storeAction(id, { versionId, compensation, input: { order: "3", amount: 120 }, state: "committed", decidedAt: at, startedAt: at, endedAt: at });
}

/** Every dialog that opens by a button of a page, but for those of rollouts and of what is selected in the inbox, which their own specs look at. */
async function everyDialog(makeAgent: () => Promise<TestAgent>): Promise<{ agent: TestAgent; shown: Shown[] }> {
  const { agent } = await makeAsking(makeAgent);
  const [held, done] = [await storeRefunds(agent), await storeDone(agent)];
  const { change } = await agent.register(manifestOf({ label: "1.2", prompt: "You handle refunds for the web shop, briefly." }));
  return { agent, shown: [
    { path: paths.action(held), opens: ["Approve with edits", "Reject with reason", "Ask the agent"] },
    { path: paths.actions(), opens: ["Approve 2 together"] },
    { path: paths.action(done), opens: ["Take this action back"] },
    { path: paths.agentVersions(agent.id), opens: [/^Roll back to version/] },
    { path: paths.change(change?.id ?? ""), opens: ["Reject with reason", "Withdraw", "Record a suite result"] },
  ] };
}

async function expectGoodDialog(page: Page, opener: string | RegExp, isMobile: boolean): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: opener, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await (isMobile ? expectGoodPage : expectGoodInBothSchemes)(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
}

test("every dialog is a good page", async ({ makeAgent, openAs, isMobile }) => {
  test.setTimeout(120_000);
  const { agent, shown } = await everyDialog(makeAgent);
  const page = await openAs(agent.team.technical_owner, paths.inbox());
  for (const { path, opens } of shown) {
    await test.step(path, async () => {
      await openPage(page, path);
      await expect(page.locator("main button[aria-haspopup=dialog]:not([aria-disabled=true])").filter({ visible: true })).toHaveText(opens);
      for (const opener of opens) await expectGoodDialog(page, opener, isMobile);
    });
  }
});
