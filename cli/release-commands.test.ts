import { Readable } from "node:stream";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { NotPermitted, NotPossible } from "../lib/errors.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../lib/operations/api-keys.ts";
import { systemActor } from "../lib/operations/people.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { makeAgent, makePerson, type MadeAgent } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { Misuse, type Command } from "./command.ts";
import { askForRelease, confirmRelease, restart } from "./release-commands.ts";

useDatabase();
afterEach(() => vi.restoreAllMocks());

let agent: MadeAgent;
let first: string, second: string, agentKey: string;
const keyOf = (given: { agentIds?: string[]; personId?: string }) => createApiKey(systemActor, newKeySchema.parse({ name: "own", agentIds: [], ...given }));
beforeAll(async () => {
  agent = await makeAgent();
  first = (await keyOf({ personId: (await makePerson("Ola", ["on_call"])).id })).secret;
  second = (await keyOf({ personId: (await makePerson("Ana", ["operator"])).id })).secret;
  agentKey = (await keyOf({ agentIds: [agent.id] })).secret;
});

/** With what is piped into it. */
async function said(command: Command, secret: string, ...words: string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([`${secret}\n`]) as typeof process.stdin);
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  await (await command([...words, "--key-stdin"]))();
  return written.join("");
}

test("two persons release, each by their own key", async () => {
  const { stopId } = await engageStop(systemActor, { scope: "agent", target: agent.id, reason: null });
  const ask = (secret: string) => said(askForRelease, secret, stopId, "--reason", "The prompt was\u001b[31m withdrawn.");
  await expect(ask(agentKey)).rejects.toThrow("A key may not release a kill switch; a person must.");
  await expect(said(confirmRelease, second, stopId)).rejects.toThrow(NotPossible);
  expect(await ask(first)).toBe(`Asked for. A second person releases it: holdpoint release confirm ${stopId}\n`);
  await expect(said(confirmRelease, first, stopId)).rejects.toThrow("A release needs a second person.");
  await expect(said(confirmRelease, agentKey, stopId)).rejects.toThrow(NotPermitted);
  expect(await said(confirmRelease, second, stopId)).toBe(`Released: ${agent.id}. Ola had asked: The prompt was [31m withdrawn. Nothing was restarted by that.\n`);
  expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ releasedBy: "Ana" });
});

test("the runs that it cut go on by another word than the release", async () => {
  const { stopId } = await engageStop(systemActor, { scope: "agent", target: agent.id, reason: null });
  await expect(said(restart, first, stopId)).rejects.toThrow("The kill switch is engaged.");
  await prisma().cutRun.create({ data: { agentId: agent.id, conversationId: "conv_1", tool: "", stopId, cutAt: new Date() } });
  await said(askForRelease, first, stopId, "--reason", "It is over.");
  expect(await said(confirmRelease, second, stopId)).toContain(`1 run stays cut until somebody lets it go on: holdpoint release restart ${stopId}\n`);
  await expect(said(restart, agentKey, stopId)).rejects.toThrow(NotPermitted);
  expect(await said(restart, first, stopId)).toBe("The runs that it cut may go on.\n");
  expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ restartedBy: "Ola" });
});

test("a revoked key is nobody's", async () => {
  const { id, secret } = await keyOf({ personId: (await makePerson("Ben", ["operator"])).id });
  await revokeApiKey(systemActor, { keyId: id });
  await expect(said(confirmRelease, secret, "st_none")).rejects.toThrow("This API key is unknown or was revoked.");
});

describe("a wrong call is found before anything is touched", () => {
  test.each([[[]], [["st_1"]], [["st_1", "--reason", "ok"]], [["st_1", "st_2", "--reason", "All is well."]], [["st_1", "--reason", "All is well."]]])("ask %j", async (words) => {
    await expect((async () => askForRelease(words))()).rejects.toThrow(Misuse);
  });
  test.each([[[]], [["st_1"]], [["st_1", "st_2", "--key-stdin"]]])("confirm %j", async (words) => {
    await expect((async () => confirmRelease(words))()).rejects.toThrow(Misuse);
  });
  test("something that is no key", async () => {
    await expect(said(confirmRelease, "hunter2", "st_1")).rejects.toThrow("This is no API key.");
  });
});
