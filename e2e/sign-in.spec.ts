import { signOutEverywhere, systemActor } from "../lib/operations/people.ts";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

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

test("an unknown address is refused with the same sentence", async ({ page, makePerson, isMobile }) => {
  test.skip(isMobile, "the width does not matter");
  await makePerson("Somebody Else");
  await page.goto("/sign-in");
  await signIn(page, "nobody@example.test", PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: WRONG })).toBeVisible();
});

test("after five failures even the right password is refused", async ({ page, makePerson, isMobile }) => {
  test.skip(isMobile, "the width does not matter");
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

test("whoever asked for a page comes back to it", async ({ page, makePerson, isMobile }) => {
  test.skip(isMobile, "the width does not matter");
  const person = await makePerson("Mara Lind", ["viewer"], PASSWORD);
  await page.goto("/runs?escalated=1");
  await expect(page).toHaveURL(/\/sign-in\?from=%2Fruns/);
  await expect(page.getByText("You will come back to the page you asked for.")).toBeVisible();
  await signIn(page, person.email, PASSWORD);
  await expect(page).toHaveURL(/\/runs\?escalated=1$/);
});

for (const from of ["//evil.example", "/\\evil.example", "https://evil.example/inbox", "/%09/evil.example"]) {
  test(`signing in never leads to another host: ${from}`, async ({ page, makePerson, isMobile }) => {
    test.skip(isMobile, "the width does not matter");
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

test("a revoked session is out with the next request, in the page and in what it asks for", async ({ page, makePerson, signInAs, isMobile }) => {
  test.skip(isMobile, "the width does not matter");
  const person = await makePerson("Mara Lind");
  await signInAs(person);
  await page.goto("/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await signOutEverywhere(systemActor, { personId: person.id });
  expect((await page.request.get("/api/console/inbox")).status()).toBe(401);
  await page.getByRole("link", { name: "Agents" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
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
