import { afterEach, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { webhookSecret } from "../lib/operations/compensation-webhook.ts";
import { makeAgent } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { showWebhookSecret } from "./webhook-secret-command.ts";

useDatabase();

afterEach(() => vi.restoreAllMocks());

test("the secret is all that is printed, and the log names the account", async () => {
  const { id } = await makeAgent({ isApproved: false });
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  await (await showWebhookSecret([id]))();
  expect(printed).toEqual([`${webhookSecret(id)}\n`]);
  const { actor } = await prisma().logEntry.findFirstOrThrow({ where: { kind: "webhook_secret.revealed", subject: id } });
  expect(actor).toMatch(/^system:command-line\//);
});

test.each([[[]], [["one", "two"]], [["--all"]]])("%j is refused", (words) => {
  expect(() => showWebhookSecret(words)).toThrow();
});
