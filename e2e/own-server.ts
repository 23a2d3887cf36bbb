// A Holdpoint of a spec's own, whose database and processes it may stop, kill and start again.

import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../lib/database/embedded-postgres.ts";
import { ROOT } from "../scripts/run-command.ts";

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

export async function until(check: () => Promise<boolean> | boolean, what: string, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Process {
  url: string;
  child: ChildProcess;
  output: () => string;
  /** Graceful; resolves with the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

const isUp = (url: string, at: string) => fetch(url + at).then((response) => response.ok, () => false);

export async function startProcess(environment: Record<string, string>, readyAt = "/readyz"): Promise<Process> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { DATABASE_URL: _database, ...inherited } = process.env;
  const child = spawn(process.execPath, ["server.ts"], {
    cwd: ROOT, stdio: ["ignore", "pipe", "inherit"],
    env: { ...inherited, PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, NODE_ENV: "production", HOLDPOINT_LOG_LEVEL: "error", ...environment },
  });
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the server ended: ${printed}`);
    return isUp(url, readyAt);
  }, "the server is ready", 60_000);
  return { url, child, output: () => printed, stop: (signal = "SIGTERM") => (child.kill(signal), ended) };
}

export interface OwnDatabase {
  url: string;
  postgres: EmbeddedPostgres;
  folder: string;
  restart: () => Promise<void>;
  remove: () => Promise<void>;
}

/** On a fixed port, so that it comes back under the same address after a stop. With fsync, because specs kill it. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-spec-"));
  const port = String(await freePort());
  const start = () => startEmbeddedPostgres(path.join(folder, "postgres"), { port });
  const database: OwnDatabase = {
    postgres: await start(), folder, url: "",
    restart: async () => void (database.postgres = await start()),
    remove: async () => {
      await database.postgres.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  const at = new URL(database.postgres.url("postgres"));
  at.port = port;
  database.url = at.href;
  return database;
}
