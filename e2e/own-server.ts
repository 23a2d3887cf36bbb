// A Holdpoint of a spec's own, whose database and processes it may stop, kill and start again.

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { closeDatabase } from "../lib/database/database.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../lib/database/embedded-postgres.ts";
import { recreate, TEMPLATE } from "../lib/testing/test-server.ts";
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

/** Only what agents need: it starts without Next. */
export const AGENTS_ONLY = { HOLDPOINT_ROLES: "agents,jobs" };

export interface Process {
  url: string;
  child: ChildProcess;
  output: () => string;
  /** Resolves with the exit code; null when a signal ended it. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface HowToStart {
  command?: readonly [program: string, ...parameters: string[]];
  readyAt?: string;
  /** Another account than that of the specs. */
  as?: { uid: number; gid: number };
}

const isUp = (url: string, at: string) => fetch(url + at).then((response) => response.ok, () => false);

/** In the environment of the specs, but without their database; an empty value takes a variable away. */
export async function startProcess(environment: Record<string, string>, { command = [process.execPath, "server.ts"], readyAt = "/readyz", as }: HowToStart = {}): Promise<Process> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [program, ...parameters] = command;
  const variables = {
    ...process.env, DATABASE_URL: "", PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, NODE_ENV: "production", HOLDPOINT_LOG_LEVEL: "error", ...environment,
  };
  const child = spawn(program, parameters, {
    cwd: ROOT, stdio: ["ignore", "pipe", "inherit"], ...as, env: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== "")) as NodeJS.ProcessEnv,
  });
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${printed}`);
      return isUp(url, readyAt);
    }, "the server is ready", 90_000);
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return { url, child, output: () => printed, stop };
}

/** A database of the specs' PostgreSQL, for a server that shares it with nobody. */
export const cloneDatabase = (): Promise<string> => recreate(process.env.E2E_ADMIN_URL ?? "", `holdpoint_${randomBytes(6).toString("hex")}`, TEMPLATE);

/** From here on the spec's own operations and queries work on `databaseUrl`. Returns how to go back. */
export async function workOn(databaseUrl: string): Promise<() => Promise<void>> {
  const before = process.env.DATABASE_URL;
  await closeDatabase();
  process.env.DATABASE_URL = databaseUrl;
  return async () => {
    await closeDatabase();
    Object.assign(process.env, { DATABASE_URL: before });
  };
}

export interface OwnDatabase {
  url: string;
  stop: () => Promise<void>;
  restart: () => Promise<void>;
  remove: () => Promise<void>;
}

/** On a fixed port, so that it comes back under the same address after a stop. With fsync, because specs kill it. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-spec-"));
  const port = String(await freePort());
  const start = () => startEmbeddedPostgres(path.join(folder, "postgres"), { port });
  let postgres: EmbeddedPostgres = await start();
  const at = new URL(postgres.url("postgres"));
  at.port = port;
  return {
    url: at.href,
    stop: () => postgres.stop(),
    restart: async () => void (postgres = await start()),
    remove: async () => {
      await postgres.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
