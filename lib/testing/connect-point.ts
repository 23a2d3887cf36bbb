// A point for tests, over the wire: connected, with the bundle that holds, and a way to say so.

import { expect } from "vitest";
import type { Bundle } from "../domain/bundle.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import type { AgentServer, OpenStream } from "./agent-server.ts";

export interface ConnectedPoint extends OpenStream {
  confirm: (rehearsals?: string[]) => Promise<unknown>;
  /** Resolves when it was told of this stop. */
  holds: (stopId: string) => Promise<void>;
}

export async function connectPoint(server: AgentServer, agentId: string, name: string, token: string, more = ""): Promise<ConnectedPoint> {
  const stream = await server.stream(agentId, name, token, more);
  await expect.poll(() => stream.events.length).toBeGreaterThan(1);
  const confirm = (rehearsals: string[] = []) => server.call("POST", "/v1/points/confirm", stream.token(), { bundle: stream.bundle().jws, rehearsals });
  const holds = (stopId: string) => expect.poll(() => stream.bundle().content.stops.map((stop: Bundle["stops"][number]) => stop.id)).toContain(stopId);
  await confirm();
  return { ...stream, confirm, holds };
}

/** With a key of its own. */
export async function connectSdkPoint(server: AgentServer, agentId: string, name: string): Promise<ConnectedPoint> {
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name, agentIds: [agentId], scopes: ["authority"] }));
  return connectPoint(server, agentId, name, secret);
}
