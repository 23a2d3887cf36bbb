import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, test } from "./api/own-house.ts";
import { expectGoodInBothSchemes, manifestOf } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { openPage } from "./open-page.ts";

const away = (table: string, column: string) => prisma().$executeRawUnsafe(`ALTER TABLE ${table} RENAME COLUMN ${column} TO ${column}_away`);
const back = (table: string, column: string) => prisma().$executeRawUnsafe(`ALTER TABLE ${table} RENAME COLUMN ${column}_away TO ${column}`);

test("a part that cannot be read says so in its place, and takes no other part along", ONE_WIDTH, async ({ ownAddress, start, makeAgent, signInAs, page }) => {
  const server = await start({ DATABASE_URL: ownAddress });
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop. Be brief." }));
  await signInAs(agent.team.model_steward);

  await away("rollup", "tool_calls");
  await openPage(page, server.url + paths.agent(agent.id));
  const metrics = page.getByRole("region", { name: "Five metrics against their usual range" });
  await expect(metrics.getByRole("alert")).toContainText(/This part could not be read\.\s*Whether a figure is worse than usual is not known\./);
  await expect(metrics.getByRole("alert")).toContainText(/Reference [0-9a-f]{8}/);
  await expect(page.getByRole("region", { name: "Trust evidence so far" }).getByRole("alert")).toBeVisible();
  // What is whole stands beside it, and does not say that no figure is worse.
  await expect(page.getByRole("region", { name: "Authority" })).toContainText("A material change is open");
  await expect(page.getByRole("region", { name: "Open items" })).toContainText("Its five metrics could not be read");
  await expect(page.getByRole("region", { name: "Recent changes" }).getByRole("listitem")).not.toHaveCount(0);
  await expectGoodInBothSchemes(page);
  await back("rollup", "tool_calls");
  await metrics.getByRole("button", { name: "Try again" }).click();
  await expect(metrics.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Open items" })).not.toContainText("could not be read");

  await away("component", "content");
  await openPage(page, server.url + paths.change(change?.id ?? ""));
  const approve = page.getByRole("button", { name: /^Approve [0-9a-f]{4}/ });
  const differs = page.getByRole("region", { name: "What differs" });
  await expect(differs.getByRole("alert")).toBeVisible();
  // That is known without the recipes.
  await expect(page.getByRole("region", { name: "What it could do that it cannot do today" })).toContainText("The prompt says something else");
  await expect(page.getByRole("region", { name: "Who may approve" })).toContainText(agent.team.model_steward.name);
  await expect(approve).toHaveAttribute("aria-disabled", "true");
  await expect(approve).toHaveAccessibleDescription(/What differs could not be read, and so nobody can have looked at it/);
  await expectGoodInBothSchemes(page);
  await back("component", "content");
  await differs.getByRole("button", { name: "Try again" }).click();
  await expect(differs).toHaveCount(0);
  await expect(approve).not.toHaveAccessibleDescription(/could not be read/);
});

test("the frame stands when what is stopped, or what waits, cannot be read, and says that it does not know", ONE_WIDTH, async ({ ownAddress, start, makeAgent, signInAs, page }) => {
  const server = await start({ DATABASE_URL: ownAddress });
  const agent = await makeAgent();
  await signInAs(agent.team.business_owner);
  await away("stop", "proof");
  await away("item_snooze", "until");
  await openPage(page, server.url + paths.settings());
  await expect(page.getByRole("region", { name: "Engaged stops" })).toContainText("Cannot confirm what is stopped: it could not be read. Stopping works.");
  await expect(page.getByRole("link", { name: /^Inbox \? not known$/ })).toBeVisible();
  await expectGoodInBothSchemes(page);
  await back("stop", "proof");
  await back("item_snooze", "until");
  // By itself, with the next time that the frame asks.
  await expect(page.getByRole("region", { name: "Engaged stops" })).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByRole("link", { name: "Inbox", exact: true })).toBeVisible();
});
