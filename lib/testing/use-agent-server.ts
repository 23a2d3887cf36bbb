// The door of agents for a test file, at the address at which Holdpoint's own probe asks.

import { afterAll, beforeAll } from "vitest";
import { setOwnAddress } from "../process-address.ts";
import { startAgentServer, type AgentServer } from "./agent-server.ts";

/** Call it once at the top of a file, after `useDatabase`. What it returns is the server, once the tests run. */
export function useAgentServer(): () => AgentServer {
  let server: AgentServer;
  beforeAll(async () => {
    server = await startAgentServer();
    setOwnAddress(Number(new URL(server.url).port));
  });
  afterAll(() => server.stop());
  return () => server;
}
