// A Holdpoint of the benchmark's own: empty database with fsync on, the real server in its production mode.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "../lib/database/embedded-postgres.ts";
import { recreate } from "../lib/testing/test-server.ts";
import { ROOT } from "../scripts/run-command.ts";

export interface BenchServer {
  url: string;
  databaseUrl: string;
  pid: number;
  postgresPid: number;
  stop: () => Promise<void>;
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

export async function startBenchServer(environment: Record<string, string> = {}): Promise<BenchServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-bench-"));
  const postgres = await startEmbeddedPostgres(path.join(folder, "postgres"));
  const databaseUrl = await recreate(postgres.url("postgres"), "holdpoint_bench", "template0");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // The benchmark's own operations and queries work on the same database.
  process.env.DATABASE_URL = databaseUrl;
  process.env.HOLDPOINT_SECRET = "a secret that only the benchmark knows, 32+";
  const server = spawn(process.execPath, ["server.ts"], {
    cwd: ROOT, stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, NODE_ENV: "production", HOLDPOINT_LOG_LEVEL: "warn", ...environment },
  });
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await fetch(`${url}/readyz`).then((response) => response.ok, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url, databaseUrl, pid: server.pid ?? 0, postgresPid: postgres.pid,
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      await postgres.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
