import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { prisma } from "../database/database.ts";
import { makeActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

const PROGRAM = fileURLToPath(new URL("../testing/asking-process.ts", import.meta.url));
const AT = "2026-11-21T10:00:30.000Z";

/** Each asks 30 times, in two runs and for three users in turn, and waits until the other is ready as well. */
async function askFromTwoProcesses(agentId: string): Promise<number[]> {
  const processes = ["one", "two"].map((name) => {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, AGENT: agentId, QUESTIONS: "30", AT, NAME: name } });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (said += part));
    return { child, said: () => said, ended: new Promise((resolve) => child.once("exit", resolve)) };
  });
  await vi.waitFor(() => processes.forEach(({ said }) => expect(said()).toContain("ready")), { timeout: 30_000 });
  for (const { child } of processes) child.stdin.write("go\n");
  for (const { ended } of processes) expect(await ended).toBe(0);
  return processes.map(({ said }) => Number(/(\d+) permitted/.exec(said())?.[1]));
}

test.each<[string, string, number, number]>([
  ["per user and day", "callsForUserToday", 5, 15], ["of one tool in a run, as searches and tries are", "callsOfToolInRun", 7, 14], ["per minute", "callsThisMinute", 13, 13],
])("a limit %s is kept exactly by two processes at once", async (_, fact, most, permitted) => {
  const { id: agentId } = await makeActingAgent({ policy: { cedar: `permit(principal, action, resource) when { context has ${fact} && context.${fact} < ${most} };` } });
  const counts = await askFromTwoProcesses(agentId);
  expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(permitted);
  expect(await prisma().gateDecision.count({ where: { agentId, decision: "permit" } })).toBe(permitted);
  expect(await prisma().gateDecision.count({ where: { agentId } })).toBe(60);
}, 90_000);
