import { signOutEverywhere, systemActor } from "../lib/operations/people.ts";
import type { Page } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

const PASSWORD = "a long enough password";
const WRONG = "E-mail address and password do not belong together.";

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a person signs in with a password, after a wrong one was refused in words", async ({ page, makePerson }) => {
  const person = await makePerson("Mara Lind", ["viewer"], PASSWORD);
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, person.email, "not the password at all");
  await expect(page.getByRole("alert").filter({ hasText: WRONG })).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await signIn(page, person.email, PASSWORD);
  await expect(page).toHaveURL(/\/now$/);
});

test("an unknown address is refused with the same sentence", ONE_WIDTH, async ({ page, makePerson }) => {
  await makePerson("Somebody Else");
  await page.goto("/sign-in");
  await signIn(page, "nobody@example.test", PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: WRONG })).toBeVisible();
});

test("after five failures even the right password is refused", ONE_WIDTH, async ({ page, makePerson }) => {
  const person = await makePerson("Guessed At", ["viewer"], PASSWORD);
  await page.goto("/sign-in");
  for (let attempt = 1; attempt <= 5; attempt++) {
    await signIn(page, person.email, `guess number ${attempt}`);
    // The form empties the password when its answer is there.
    await expect(page.getByLabel("Password")).toHaveValue("");
    await expect(page.getByRole("alert").filter({ hasText: WRONG })).toBeVisible();
  }
  await signIn(page, person.email, PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: "Too many failed attempts." })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});

test("whoever asked for a page comes back to it", ONE_WIDTH, async ({ page, makePerson }) => {
  const person = await makePerson("Mara Lind", ["viewer"], PASSWORD);
  await page.goto("/runs?escalated=1");
  await expect(page).toHaveURL(/\/sign-in\?from=%2Fruns/);
  await expect(page.getByText("You will come back to the page you asked for.")).toBeVisible();
  await signIn(page, person.email, PASSWORD);
  await expect(page).toHaveURL(/\/runs\?escalated=1$/);
});

for (const from of ["//evil.example", "/\\evil.example", "https://evil.example/inbox", "/%09/evil.example"]) {
  test(`signing in never leads to another host: ${from}`, ONE_WIDTH, async ({ page, makePerson }) => {
    const person = await makePerson("Mara Lind", ["viewer"], PASSWORD);
    await page.goto(`/sign-in?from=${encodeURIComponent(from)}`);
    await signIn(page, person.email, PASSWORD);
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    expect(new URL(page.url()).origin).toBe(process.env.E2E_URL);
  });
}

test("signing out ends the session in this browser", async ({ page, makePerson, signInAs, isMobile }) => {
  await signInAs(await makePerson("Mara Lind"));
  await page.goto("/inbox");
  if (isMobile) await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/inbox");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a revoked session is out with the next request, in the page and in what it asks for", ONE_WIDTH, async ({ page, makePerson, signInAs }) => {
  const person = await makePerson("Mara Lind");
  await signInAs(person);
  await page.goto("/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await signOutEverywhere(systemActor, { personId: person.id });
  expect((await page.request.get("/api/console/inbox")).status()).toBe(401);
  await page.getByRole("link", { name: "Agents" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
});

test("an open page whose session is over says so once, keeps what is typed, and goes on after signing in beside it", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: "You handle refunds for the web shop, briefly." }));
  const person = agent.team.model_steward;
  const page = await openAs(person, `${paths.change(change?.id ?? "")}?from=spec`);
  const comment = page.getByLabel("Comment (optional)");
  await comment.fill("Looks right to me");
  let streams = 0;
  page.on("request", (request) => (streams += Number(request.url().includes("/api/console/stream"))));
  await signOutEverywhere(systemActor, { personId: person.id });

  const alert = page.getByRole("alert").filter({ hasText: "Signed out." });
  await expect(alert, "somebody else ended it: that is told, and asked for").toContainText("What you typed is still here.", { timeout: 10_000 });
  const live = page.getByRole("banner").getByRole("button", { name: /updates$/ });
  await expect(live).toContainText("Signed out");
  await expect(page.getByText("Offline")).toHaveCount(0);
  await expect(page.getByText("when the console answers")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveAttribute("aria-disabled", "true");
  await expect(page.locator("[data-stop-control]").filter({ visible: true })).toBeEnabled();
  await expectGoodPage(page);
  const opened = streams;
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await expect(alert).toBeVisible();
  expect(streams, "no stream is opened for somebody who is out").toBe(opened);

  const [beside] = await Promise.all([page.context().waitForEvent("page"), alert.getByRole("link", { name: /^Sign in again/ }).click()]);
  await expect(beside).toHaveURL(`${paths.signIn(`${paths.change(change?.id ?? "")}?from=spec`)}`);
  await expect(beside.getByText("You will come back to the page you asked for.")).toBeVisible();
  // As if it were done there: the session that this browser holds is good again.
  await prisma().person.update({ where: { id: person.id }, data: { sessionVersion: 1 } });
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await expect(live).toContainText("Live");
  await expect(alert).toHaveCount(0);
  await expect(comment).toHaveValue("Looks right to me");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("signing in works as a plain form, with its refusal", async ({ page, makePerson }) => {
    const person = await makePerson("Mara Lind", ["viewer"], PASSWORD);
    await page.goto("/sign-in?from=%2Fchanges");
    await signIn(page, person.email, "not the password at all");
    await expect(page.getByText(WRONG)).toBeVisible();
    await signIn(page, person.email, PASSWORD);
    await expect(page).toHaveURL(/\/changes$/);
    await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Changes" }).filter({ visible: true }).or(page.getByRole("button", { name: "More" }))).toBeVisible();
  });
});
