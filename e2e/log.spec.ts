import { prisma } from "../lib/database/database.ts";
import { setOverride } from "../lib/operations/overrides.ts";
import { paths } from "../lib/paths.ts";
import { expect, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

test("what was done to an agent stands in the log, is filtered, and opens to the text that was hashed", async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: `${manifestOf().prompt as string}\nBe brief.` }));
  await setOverride(await agent.team.business_owner.actor(), {
    agentId: agent.id, source: "override", level: "assisted", reason: "The <b>stocktake</b> runs tonight.", expiresAt: new Date(Date.now() + 3_600_000),
  });
  const page = await openAs(agent.team.business_owner, paths.log());
  const entries = page.getByRole("list", { name: "Log entries, newest first" }).getByRole("listitem");
  await page.getByLabel("Agent").fill(agent.id);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`agent=${agent.id}`));
  await expect(entries.filter({ hasText: "Change proposed" })).toHaveCount(2);
  await expect(entries.filter({ hasText: "Change approved" })).toHaveCount(1);

  await page.getByLabel("Kind").selectOption("override.set");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(entries).toHaveCount(1);
  await expect(entries).toContainText("Ingrid Holm");
  await entries.getByText("Override set").click();
  await expect(entries).toContainText('"reason":"The <b>stocktake</b> runs tonight."');

  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(paths.log());
  await page.getByLabel("Subject").fill(change?.id ?? "");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(entries).toHaveCount(1);
  await entries.getByText("Change proposed").click();
  await entries.getByRole("link", { name: change?.id ?? "" }).click();
  await expect(page).toHaveURL(paths.change(change?.id ?? ""));
});

test("the entries of a page are read again and said to be contiguous", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.log());
  await page.getByRole("button", { name: "Verify this page" }).or(page.getByRole("link", { name: "Verify this page" })).click();
  await expect(page.getByText(/^Entries [\d,]+ to [\d,]+: contiguous, and their hashes fit\.$/)).toBeVisible();
  await expect(page.getByText(/^\d+ entries checked/)).toBeVisible();
});

test("who may not read the log is told so, and gets no export either", ONE_WIDTH, async ({ makePerson, openAs }) => {
  const viewer = await openAs(await makePerson("Vera Viewer"), paths.log());
  await expect(viewer.getByText("You may not read the log.")).toBeVisible();
  await expect(viewer.getByText(/^Only .*may read the log/)).toBeVisible();
  expect((await viewer.request.get("/api/console/log/export")).status()).toBe(403);
});

test("the log is exported as one JSON text a line, as it was hashed", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.log({ agent: agent.id }));
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as NDJSON" }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await downloading).createReadStream()) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString().trim().split("\n");
  expect(lines).toHaveLength(await prisma().logEntry.count({ where: { agentId: agent.id } }));
  expect(lines.map((line) => typeof JSON.parse(line)).every((type) => type === "object")).toBe(true);
});
