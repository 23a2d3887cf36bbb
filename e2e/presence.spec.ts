import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

const here = (page: Page) => page.getByRole("main").getByText(/(is|are) reviewing$/).first();

test("two who review the same change know of each other, until one goes; nobody reads their own name", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const { change } = await agent.register(manifestOf());
  const path = paths.change(change?.id ?? "");
  const steward = await openAs(agent.team.model_steward, path);
  await expect(steward.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(here(steward)).toBeHidden();
  const owner = await openAs(agent.team.technical_owner, path);
  await expect(here(steward)).toHaveText("Priya Nair is reviewing");
  await expect(here(owner)).toHaveText("Daniel Okafor is reviewing");
  await expectGoodPage(owner);
  // Said once for whoever hears the page.
  await expect(owner.getByRole("status").filter({ hasText: "Daniel Okafor is reviewing" })).toHaveCount(1);

  const third = await openAs(agent.team.business_owner, path);
  await expect(here(third)).toHaveText("Daniel Okafor and Priya Nair are reviewing");
  await third.close();
  // Another page in the same tab is no longer this one.
  await owner.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Inbox/ }).first().click();
  await expect(owner).toHaveURL(/\/inbox/);
  await expect(here(steward)).toBeHidden();
});
