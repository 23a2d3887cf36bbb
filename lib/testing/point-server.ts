// The agent API with its stop path behind a real HTTP server in this process, and agents whose points connect to it.

import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { agentListener } from "../agent-api/agent-api.ts";
import { startStopPath, type StopPath } from "../agent-api/stop-path.ts";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { engageStop } from "../operations/stops.ts";
import { makeAgent, makePerson } from "./make-agent.ts";

export interface PointServer {
  path: () => StopPath;
  port: () => number;
  url: () => string;
  onCall: () => PersonActor;
  stopAgent: (agentId: string) => Promise<{ stopId: string }>;
}

/** Call it once, at the top of a test file, after `useDatabase`. */
export function usePointServer(): PointServer {
  let stopPath: StopPath, server: http.Server, port: number, onCall: PersonActor;
  beforeAll(async () => {
    stopPath = await startStopPath();
    const listener = agentListener();
    server = http.createServer((request, response) => void listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
    onCall = await makePerson("Ola On-call", ["on_call"]);
  });
  afterAll(async () => {
    await stopPath.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { path: () => stopPath, port: () => port, url: () => `http://127.0.0.1:${port}`, onCall: () => onCall, stopAgent: (target) => engageStop(onCall, { scope: "agent", target, reason: null }) };
}

export interface PointsAgent {
  id: string;
  keyId: string;
  secret: string;
}

export async function anAgent(level: "bounded" | "assisted" = "bounded"): Promise<PointsAgent> {
  const { id } = await makeAgent({ tier: 2 });
  await prisma().agent.update({ where: { id }, data: { stage: level } });
  const { id: keyId, secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "test", agentIds: [id] }));
  return { id, keyId, secret };
}

export const confirmed = (stopId: string, count = 1): Promise<void> =>
  vi.waitFor(async () => expect(await prisma().stopConfirmation.count({ where: { stopId } })).toBe(count), { timeout: 15_000 });
