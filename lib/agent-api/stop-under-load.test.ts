import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type pg from "pg";
import { pool, prisma } from "../database/database.ts";
import { onStopPool } from "../database/stop-pool.ts";
import { env } from "../env.ts";
import { stopProofSweep } from "../jobs/stop-proof-sweep.ts";
import { startWorker, type Worker } from "../jobs/worker.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { setOwnAddress } from "../process-address.ts";
import { aTraceId } from "../testing/a-span.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

let server: AgentServer;
let worker: Worker;
let agent: MadeAgent;
let pointKey: string, personKey: string;
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const press = (reason: string) => server.call("POST", "/v1/stops", personKey, { scope: "agent", target: agent.id, reason });
const isProven = async (stopId: string) => (await onStopPool(() => prisma().stop.findUniqueOrThrow({ where: { id: stopId } }))).provenAt !== null;

beforeAll(async () => {
  server = await startAgentServer();
  setOwnAddress(Number(new URL(server.url).port));
  agent = await makeAgent({ tier: 2 });
  pointKey = (await createApiKey(systemActor, newKeySchema.parse({ name: "point", agentIds: [agent.id], scopes: ["authority", "telemetry"] }))).secret;
  personKey = (await createApiKey(systemActor, newKeySchema.parse({ name: "phone", personId: (await makePerson("Ola", ["on_call"])).id }))).secret;
  worker = startWorker([stopProofSweep]);
});
afterAll(async () => {
  await worker.stop();
  await server.stop();
});

async function expectStopProven(reason: string): Promise<void> {
  const stream = await server.stream(agent.id, "web-1", pointKey);
  await until(() => expect(stream.bundle().content.agentId).toBe(agent.id));
  const answer = await press(reason);
  expect(answer.status).toBe(200);
  const stopId = String(answer.body.stopId);
  await until(() => expect(stream.bundle().content.stops.map(({ id }) => id)).toContain(stopId));
  await server.call("POST", "/v1/points/confirm", stream.token(), { bundle: stream.bundle().jws });
  await until(async () => expect(await isProven(stopId)).toBe(true));
  stream.close();
}

test("a stop is stored, told and proven while every everyday connection is in use", async () => {
  const taken: pg.PoolClient[] = await Promise.all(Array.from({ length: env().databaseConnections }, () => pool().connect()));
  try {
    await expectStopProven("All is busy.");
  } finally {
    for (const client of taken) client.release();
  }
});

test("a stop is stored, told and proven while ingest has more than it can do", async () => {
  await prisma().stop.updateMany({ data: { releasedAt: new Date(), releasedBy: "Ola" } });
  const held = await pool().connect();
  await held.query("BEGIN; LOCK TABLE run, span, trace IN EXCLUSIVE MODE");
  const span = () => ({ traceId: aTraceId(), spanId: "00000000000000a1", name: "chat", kind: 3, startTimeUnixNano: `${Date.now()}000000`, endTimeUnixNano: `${Date.now()}000000`, attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }] });
  const body = () => ({ resourceSpans: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: agent.id } }] }, scopeSpans: [{ spans: [span()] }] }] });
  const sent = Array.from({ length: 1_200 }, () => server.call("POST", "/v1/traces", pointKey, body()));
  try {
    // Those for whom there is no room any more are sent away: the others wait for the tables.
    expect((await Promise.race(sent)).status).toBe(429);
    await expectStopProven("It floods us.");
  } finally {
    await held.query("ROLLBACK");
    held.release();
    await Promise.all(sent);
  }
});
