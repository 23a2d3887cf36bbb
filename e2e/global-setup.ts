// Starts what the specs talk to: a PostgreSQL of their own and the server in its production mode.

import { spawn, type ChildProcess } from "node:child_process";
import net from "node:net";
import { recreate, startTestServer, TEMPLATE } from "../lib/testing/test-server.ts";
import { ROOT } from "../scripts/run-command.ts";

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) break;
    const isReady = await fetch(`${url}/readyz`).then((response) => response.ok, () => false);
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server did not become ready");
}

export default async function globalSetup() {
  const postgres = await startTestServer();
  const databaseUrl = await recreate(postgres.adminUrl, "holdpoint_e2e", TEMPLATE);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    DATABASE_URL: databaseUrl, PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, NODE_ENV: "production", HOLDPOINT_ENVIRONMENT: "Test",
    HOLDPOINT_SECRET: "a secret that only the specs know, 32+ characters", HOLDPOINT_LOG_LEVEL: process.env.HOLDPOINT_LOG_LEVEL ?? "warn",
  };
  // The specs' own operations work on the same database; what names the database names the server, too.
  Object.assign(process.env, { ...environment, E2E_URL: url, E2E_ADMIN_URL: postgres.adminUrl });
  const server = spawn(process.execPath, ["server.ts"], { cwd: ROOT, env: { ...process.env }, stdio: ["ignore", "ignore", "inherit"] });
  await untilReady(url, server);
  return async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    await postgres.stop();
  };
}
