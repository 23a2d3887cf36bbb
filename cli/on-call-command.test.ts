import { afterEach, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { createPerson, systemActor } from "../lib/operations/people.ts";
import { findOnCall } from "../lib/queries/on-call.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { onCall } from "./on-call-command.ts";

useDatabase();

afterEach(() => vi.restoreAllMocks());

test("hands the on-call to whoever has the address and may stop, and the log names the account", async () => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  for (const [name, role] of [["Ana", "on_call"], ["Vera", "viewer"]] as const) await createPerson(systemActor, { name, email: `${name.toLowerCase()}@example.test`, houseRoles: [role] });
  await (await onCall(["--email", "ana@example.test"]))();
  expect(await findOnCall(new Date())).toMatchObject({ name: "Ana" });
  await expect((await onCall(["--email", "vera@example.test"]))()).rejects.toThrow("may stop every agent");
  await expect((await onCall(["--email", "nobody@example.test"]))()).rejects.toThrow("Nobody here has the address nobody@example.test.");
  await (await onCall(["--nobody"]))();
  expect(await findOnCall(new Date())).toBeNull();
  expect(printed).toEqual(["Ana is on call.\n", "Nobody is on call.\n"]);
  const entries = await prisma().logEntry.findMany({ where: { kind: "on_call.handed_over" } });
  expect(entries.map(({ actor }) => actor)).toEqual([expect.stringMatching(/^system:command-line\//), expect.stringMatching(/^system:command-line\//)]);
});

test.each([[[]], [["--email", "ana@example.test", "--nobody"]], [["ana@example.test"]]])("%j is refused", (words) => {
  expect(() => onCall(words)).toThrow();
});
