import { userInfo } from "node:os";
import { beforeAll, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { NotFound } from "../lib/errors.ts";
import { getAuthority } from "../lib/queries/authority.ts";
import { makeAgent, type MadeAgent } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { Misuse, type Command } from "./command.ts";
import { stop, stops } from "./stop-commands.ts";

useDatabase();

let agent: MadeAgent;
beforeAll(async () => {
  agent = await makeAgent();
});

async function said(command: Command, ...words: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  try {
    await (await command(words))();
  } finally {
    spy.mockRestore();
  }
  return written.join("");
}

test("stops an agent as the account that runs the installation", async () => {
  expect(await said(stops)).toBe("No stop is engaged.\n");
  const out = await said(stop, "--scope", `agent:${agent.id}`, "--reason", "It refunds\u001b[31m twice.");
  expect(out).toMatch(new RegExp(`^Stop st_\\w+ is stored: ${agent.id}, 1 agent\\. Agents that ask are refused from now on\\.\n$`));
  expect((await getAuthority(agent.id, new Date())).level).toBe("stopped");
  const stored = await prisma().stop.findFirstOrThrow();
  expect(stored.engagedBy).toBe(`${userInfo().username}, by the command line`);
  const { actor } = await prisma().logEntry.findFirstOrThrow({ where: { subject: stored.id } });
  expect(actor).toBe(`system:command-line/${userInfo().username}`);
  const list = await said(stops);
  expect(list).toContain(`${stored.id}  ${agent.id}: 1 agent, 0 heard since. Engaged `);
  expect(list).toContain("Reason: It refunds [31m twice.\n");
  expect(JSON.parse(await said(stops, "--json"))).toMatchObject([{ id: stored.id, scope: "agent", target: agent.id, agents: 1 }]);
  expect(JSON.parse(await said(stop, "--scope", `agent:${agent.id}`, "--json"))).toMatchObject({ id: stored.id });
});

test("a tool that is not declared is stopped, and said to be unknown", async () => {
  expect(await said(stop, "--scope", `tool:${agent.id}/refund_create`)).not.toContain("no such tool");
  expect(await said(stop, "--scope", `tool:${agent.id}/refund_crate`)).toMatch(/told from now on that it is stopped\.\nLook at the name: the agent's current version declares no such tool\.\n$/);
});

test.each([[[]], [["--scope", "house"]], [["--scope", "agent:"]], [["--scope", "tier:9"]], [["--scope", "fleet", "--now"]]])("%j is a wrong call, found before anything is touched", (words) => {
  expect(() => stop(words)).toThrow(Misuse);
});

test("who is not here cannot be stopped", async () => {
  await expect(said(stop, "--scope", "agent:nobody")).rejects.toThrow(NotFound);
});
