// Holdpoint itself, as a process of its own that the demo starts and stops.

import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const READY_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 200;
const LINES_SHOWN = 15;

export interface ServerProcess {
  url: string;
  /** Resolves when the process has ended, with what it said last. */
  ended: Promise<string>;
  stop: () => Promise<void>;
}

/** Somebody else's server on that port would answer as if it were ours. */
async function requireFree(port: number): Promise<void> {
  const probe = net.createServer();
  const isFree = await new Promise<boolean>((resolve) => probe.once("error", () => resolve(false)).listen(port, "0.0.0.0", () => resolve(true)));
  if (!isFree) throw new Error(`Port ${port} is in use. Name another one: PORT=3100 npm run demo`);
  await new Promise((resolve) => probe.close(resolve));
}

export async function startServer(dataDir: string, port: number, signal: AbortSignal): Promise<ServerProcess> {
  await requireFree(port);
  const logFile = path.join(dataDir, "server.log");
  const log = fs.openSync(logFile, "a", 0o600);
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["server.ts"], {
    cwd: ROOT, stdio: ["ignore", log, log],
    env: { ...process.env, NODE_ENV: "production", PORT: String(port), HOLDPOINT_DATA_DIR: dataDir, HOLDPOINT_ENVIRONMENT: "Demo" },
  });
  fs.closeSync(log);
  const giveUp = () => child.kill("SIGTERM");
  signal.addEventListener("abort", giveUp, { once: true });
  const ended = endOf(child).then(() => fs.readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-LINES_SHOWN).join("\n"));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  await ready(url, ended, stop);
  signal.removeEventListener("abort", giveUp);
  return { url, ended, stop };
}

const endOf = (child: ChildProcess): Promise<void> => new Promise((resolve, reject) => child.once("error", reject).once("exit", () => resolve()));

async function ready(url: string, ended: Promise<string>, stop: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let lastWords: string | null = null;
  void ended.then((words) => {
    lastWords = words;
  });
  while (Date.now() < deadline) {
    const isReady = await fetch(`${url}/readyz`).then((response) => response.ok, () => false);
    if (lastWords !== null) throw new Error(`Holdpoint ended before it was ready:\n${String(lastWords)}`);
    if (isReady) return;
    await pause(ASK_EVERY_MS);
  }
  await stop();
  throw new Error(`Holdpoint was not ready within ${READY_WITHIN_MS / 1_000} s.`);
}
