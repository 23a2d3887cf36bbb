import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { databaseNow } from "../lib/database/database-now.ts";
import { prisma } from "../lib/database/database.ts";
import { NotFound } from "../lib/errors.ts";
import { stopProofSweep } from "../lib/jobs/stop-proof-sweep.ts";
import { startWorker, type Worker } from "../lib/jobs/worker.ts";
import { newId } from "../lib/new-id.ts";
import { createApiKey, newKeySchema } from "../lib/operations/api-keys.ts";
import { systemActor } from "../lib/operations/people.ts";
import { startDrill } from "../lib/operations/rehearsals.ts";
import { setOwnAddress } from "../lib/process-address.ts";
import { getAuthority } from "../lib/queries/authority.ts";
import { startAgentServer, type AgentServer } from "../lib/testing/agent-server.ts";
import { makeAgent, type MadeAgent } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { Misuse, type Command } from "./command.ts";
import { drill } from "./drill-command.ts";
import { NotProven } from "./not-proven.ts";
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

describe("with a server beside it", () => {
  let server: AgentServer;
  let worker: Worker;
  beforeAll(async () => {
    server = await startAgentServer();
    setOwnAddress(Number(new URL(server.url).port));
    worker = startWorker([stopProofSweep]);
  });
  afterAll(async () => {
    await worker.stop();
    await server.stop();
  });
  const point = (agentId: string, name: string) => {
    const at = new Date();
    return prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId, name, kind: "sdk", firstHeardAt: at, lastHeardAt: at, leaseUntil: new Date(at.getTime() + 60_000) } });
  };

  test("--wait ends with the proof", async () => {
    const quiet = await makeAgent();
    expect(await said(stop, "--scope", `agent:${quiet.id}`, "--wait")).toMatch(/is stored: .*\n(?:Stopping[\s\S]*)?Stopped at the gate\. No enforcement point is connected\.\n/);
    const told = JSON.parse(await said(stop, "--scope", `agent:${quiet.id}`, "--wait", "--json")) as unknown;
    expect(told).toMatchObject({ target: quiet.id, proof: { state: "proven", missing: 0, isProbeRefused: true } });
  });

  test("--wait ends without it after ten seconds, and names who is missing", async () => {
    const busy = await makeAgent();
    await point(busy.id, "web-7\u001b[31m");
    const { id } = await point(busy.id, "reader-7");
    await prisma().enforcementPoint.update({ where: { id }, data: { readsWithoutLease: true, leaseUntil: new Date() } });
    const error: unknown = await said(stop, "--scope", `agent:${busy.id}`, "--wait").catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(NotProven);
    expect(String(error)).toMatch(/Stop not proven\. 2 of 2 points are missing\.\n[\s\S]*\n {2}missing: web-7 \[31m of .*\n {2}reads on: reader-7 of .*may go on reading$/);
  });

  test("a drill where nobody is connected proves nothing, and one that is not answered names who", async () => {
    const [quiet, busy] = [await makeAgent(), await makeAgent()];
    await expect(said(drill, `agent:${quiet.id}`)).rejects.toThrow(/no enforcement point is connected there/);
    await point(busy.id, "web-8");
    await expect(said(drill, `agent:${busy.id}`)).rejects.toThrow(new RegExp(`0 of 1 answered\\. 1 of 1 points did not answer: web-8 of ${busy.id}\\.`));
    expect(await prisma().stop.count({ where: { target: { in: [quiet.id, busy.id] } } })).toBe(0);
  });

  test("a stop and a drill are followed by PostgreSQL's clock, where this host's own is ahead, and another drill is left alone", async () => {
    const [answering, other] = [await makeAgent(), await makeAgent()];
    const [{ id: pointId }, { id: otherPointId }] = [await point(answering.id, "web-10"), await point(other.id, "web-11")];
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
    try {
      const stopped = said(stop, "--scope", `agent:${other.id}`, "--wait");
      await vi.waitFor(() => prisma().stop.findFirstOrThrow({ where: { target: other.id } }));
      await prisma().enforcementPoint.update({ where: { id: otherPointId }, data: { leftAt: await databaseNow(), leaseUntil: await databaseNow() } });
      expect(await stopped).toMatch(/Stopped, proven in/);
      await worker.stop();
      const { rehearsalId } = await startDrill(other.owners.business_owner, { scope: "agent", target: other.id });
      const drilled = said(drill, `agent:${answering.id}`);
      const { id } = await vi.waitFor(() => prisma().rehearsal.findFirstOrThrow({ where: { target: answering.id } }));
      await prisma().rehearsalAnswer.create({ data: { rehearsalId: id, pointId, at: await databaseNow() } });
      expect(await drilled).toMatch(/1 of 1 answered/);
      expect(await prisma().rehearsal.findUniqueOrThrow({ where: { id: rehearsalId } })).toMatchObject({ endedAt: null });
    } finally {
      vi.useRealTimers();
      worker = startWorker([stopProofSweep]);
    }
  });

  test("a drill that is answered says how long it took", async () => {
    const answering = await makeAgent();
    const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "web", agentIds: [answering.id], scopes: ["authority"] }));
    const stream = await server.stream(answering.id, "web-9", secret);
    await expect.poll(() => stream.events.length).toBeGreaterThan(1);
    const confirm = (rehearsals: string[]) => server.call("POST", "/v1/points/confirm", stream.token(), { bundle: stream.bundle().jws, rehearsals });
    await confirm([]);
    let answered: Promise<unknown> = Promise.resolve();
    const answers = setInterval(() => {
      answered = confirm(stream.events.filter(({ event }) => event === "rehearsal").map(({ data }) => String(data.rehearsal)));
    }, 50);
    try {
      expect(await said(drill, `agent:${answering.id}`)).toMatch(/: 1 of 1 answered\. Median .* Nothing was stopped\.\n$/);
    } finally {
      clearInterval(answers);
      // The server goes when the last of them is through.
      await answered;
      stream.close();
    }
  });
});

test.each([[[]], [["house"]], [["fleet", "fleet"]], [["fleet", "--now"]]])("drill %j is a wrong call", (words) => {
  expect(() => drill(words)).toThrow(Misuse);
});
