import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { PersonActor } from "../domain/roles.ts";
import { consoleRoute } from "../console-route.ts";
import { newId } from "../new-id.ts";
import { engageStop } from "../operations/stops.ts";
import { plainPage } from "../plain-page.ts";
import { getShownPath } from "../queries/stop-path.ts";
import { findShownStop } from "../queries/stops-shown.ts";
import { countEngagedStops } from "../queries/stops.ts";
import { startAgentServer, type AgentServer } from "../testing/agent-server.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { databaseNow } from "./database-now.ts";
import { prisma } from "./database.ts";

const signedIn = vi.hoisted((): { person: PersonActor | null } => ({ person: null }));
vi.mock("../auth/session.ts", () => ({ findSignedIn: () => Promise.resolve(signedIn.person), isSameOrigin: () => Promise.resolve(true) }));

useDatabase();

let server: AgentServer;
let agent: MadeAgent;
let stopId: string;
beforeAll(async () => {
  server = await startAgentServer();
  agent = await makeAgent();
  signedIn.person = await makePerson("Vera", ["viewer"]);
  ({ stopId } = await engageStop(agent.owners.business_owner, { scope: "agent", target: agent.id, reason: null }));
});
afterAll(() => server.stop());

/** Its lease goes on for ten seconds by PostgreSQL's clock. */
beforeEach(async () => {
  const at = await databaseNow();
  await prisma().enforcementPoint.deleteMany({ where: { agentId: agent.id } });
  await prisma().enforcementPoint.create({ data: { id: newId("pt"), agentId: agent.id, name: "web-1", kind: "sdk", firstHeardAt: at, lastHeardAt: at, leaseUntil: new Date(at.getTime() + 10_000) } });
  await prisma().stop.update({ where: { id: stopId }, data: { engagedAt: at } });
});

async function whereTheClockIsAhead<Result>(work: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

const MISSING = { state: "stopping", missing: 1, closed: 0, points: [{ name: "web-1", state: "missing" }] };

test("a page that asks again is told of a stop and of the points by PostgreSQL's clock, on a host whose own is ahead", async () => {
  const ask = (read: Parameters<typeof consoleRoute>[1]) => whereTheClockIsAhead(async () => (await consoleRoute("agent:read", read)(new Request("http://here/"), { params: Promise.resolve({}) })).json() as Promise<unknown>);
  expect(await ask(({ now }) => findShownStop(stopId, now))).toMatchObject({ proof: MISSING });
  expect(await ask(({ now }) => getShownPath(now))).toMatchObject({ livePoints: 1 });
});

test("so is the page that stands by itself", async () => {
  const show = plainPage("agent:read", ({ message }) => message, async ({ now }) => JSON.stringify((await findShownStop(stopId, now))?.proof));
  expect(await whereTheClockIsAhead(async () => (await show(new Request("http://here/stop"))).json() as Promise<unknown>)).toMatchObject(MISSING);
});

test("so is the frame, which counts what is engaged", async () => {
  expect((await whereTheClockIsAhead(() => countEngagedStops())).stopStates).toEqual([{ id: stopId, words: "stopping, 0 of 1 confirmed" }]);
});

test("so is an agent's code, and whoever collects the figures", async () => {
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "web", agentIds: [agent.id], scopes: ["authority"] }));
  expect((await whereTheClockIsAhead(() => server.call("GET", `/v1/stops/${stopId}`, secret))).body).toMatchObject({ proof: MISSING });
  expect(await whereTheClockIsAhead(async () => (await fetch(`${server.url}/metrics`)).text())).toMatch(/^holdpoint_stop_path_points\{state="live"\} 1$/m);
});
