import { expect, test } from "@playwright/test";
import { startOwnDatabase, startProcess, until, type OwnDatabase, type Process } from "../own-server.ts";

let database: OwnDatabase;
let server: Process;

test.beforeAll(async () => {
  database = await startOwnDatabase();
  server = await startProcess({ DATABASE_URL: database.url });
});
test.afterAll(async () => {
  await server.stop();
  await database.remove();
});

test("the first administrator is created once, with the token from the terminal", async ({ page, browser }) => {
  await until(() => /first-run/.test(server.output()), "the token is printed");
  const token = /\n {4}(\S+)\n/.exec(server.output())?.[1] ?? "";
  expect(token.length).toBeGreaterThan(20);

  await page.goto(server.url);
  await expect(page).toHaveURL(/\/first-run$/);
  const fill = async (value: string) => {
    await page.getByLabel("Token").fill(value);
    await page.getByLabel("Name").fill("Ada First");
    await page.getByLabel("E-mail").fill("ada@example.test");
    await page.getByLabel("Password").fill("a long enough password");
    await page.getByRole("button", { name: /create/i }).click();
  };
  await fill("not the token");
  await expect(page.getByText("This is not the token that was printed")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Ada First");

  await fill(token);
  await expect(page).toHaveURL(/\/now$/);

  const stranger = await browser.newPage();
  await stranger.goto(`${server.url}/first-run`);
  await expect(stranger).toHaveURL(/\/sign-in/);
  await stranger.close();
});
