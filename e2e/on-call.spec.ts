import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

// One person for the whole house: of two projects at once each would see the other's.
test.skip(({ isMobile }) => isMobile, "the page is made narrow below");

test("an operator hands the on-call over, and every open page says who it is and how to reach them", async ({ makePerson, openAs }) => {
  await prisma().setting.deleteMany({ where: { key: "on_call" } });
  const [operator, cleo, viewer] = [await makePerson("Ola Operator", ["operator"]), await makePerson("Cleo Duty", ["on_call"]), await makePerson("Vera Viewer")];
  const [page, watching] = [await openAs(operator, paths.settings()), await openAs(viewer, paths.agents())];
  await expect(watching.getByRole("banner").getByRole("link", { name: "Nobody is on call" })).toBeVisible();

  const card = page.getByRole("region", { name: "On call" });
  await expect(card.getByLabel("Hand over to")).not.toContainText("Vera Viewer");
  await card.getByLabel("Hand over to").selectOption({ label: `Cleo Duty, ${cleo.email}` });
  await card.getByRole("button", { name: "Hand over" }).click();
  await expect(card).toContainText(`Cleo Duty, ${cleo.email}, since`);
  await expectGoodPage(page);
  await card.getByRole("link", { name: "Every handover" }).click();
  await expect(page.getByRole("list", { name: "Log entries, newest first" }).getByRole("listitem").first()).toContainText("Ola Operator");

  const name = watching.getByRole("banner").getByRole("button", { name: "On call: Cleo Duty" });
  await expect(name).toBeVisible();
  await name.click();
  const reach = watching.getByRole("dialog", { name: "On call" });
  await expect(reach.getByRole("link", { name: cleo.email })).toHaveAttribute("href", `mailto:${cleo.email}`);
  await expectGoodPage(watching);
  await watching.keyboard.press("Escape");

  await watching.setViewportSize({ width: 360, height: 740 });
  await expect(name).toBeHidden();
  await watching.getByRole("button", { name: "More" }).click();
  await expect(watching.getByRole("dialog", { name: "More" }).getByRole("link", { name: cleo.email })).toBeVisible();
  await expectGoodPage(watching);
});

test("who may not hand it over is told who may", ONE_WIDTH, async ({ makePerson, openAs }) => {
  const page = await openAs(await makePerson("Vera Viewer"), paths.settings());
  const card = page.getByRole("region", { name: "On call" });
  await expect(card).toContainText("Only an operator, someone on call or an administrator may hand over the on-call.");
  await expect(card.getByRole("button")).toHaveCount(0);
});
