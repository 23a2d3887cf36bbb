// `npm run demo`: builds and starts Holdpoint, lets six simulated agents work with it through the public API, and says who can sign in.

import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ensureBuilt } from "../scripts/build.ts";
import { DemoMemory } from "./demo-state.ts";
import { HoldpointCommand } from "./holdpoint-command.ts";
import { workUntilStopped } from "./live.ts";
import { PEOPLE, PERSON_KEYS } from "./people.ts";
import { startServer, type ServerProcess } from "./server-process.ts";
import { SystemOfRecord } from "./system-of-record.ts";
import { freshState, setUpWorld } from "./world.ts";

const dataDir = path.resolve(process.env.HOLDPOINT_DATA_DIR ?? ".data/demo");
/** Time for what is on its way to arrive. */
const LAST_REPORTS_MS = 2_000;

const port = Number(process.env.PORT ?? 3000);
const tell = (line: string) => process.stdout.write(`${line}\n`);

function signInLines(password: string): string {
  const lines = PERSON_KEYS.map((key) => PEOPLE[key]).map(({ title, email, see }) => `  ${title.padEnd(21)} ${email.padEnd(29)} ${see}`);
  return [`  Password for all of them: ${password}`, "", ...lines].join("\n");
}

/** Resolves when the demo is to stop; rejects when Holdpoint ends by itself. */
function untilStopped(server: ServerProcess, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const ended = server.ended.then((lastWords) => {
    if (!signal.aborted) throw new Error(`Holdpoint ended by itself:\n${lastWords}`);
  });
  return Promise.race([stopped, ended]);
}

async function demo(signal: AbortSignal): Promise<void> {
  await ensureBuilt();
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const memory = new DemoMemory(dataDir, freshState);
  tell("Starting Holdpoint");
  const server = await startServer(dataDir, port, signal);
  const stopped = untilStopped(server, signal);
  const records = new SystemOfRecord();
  const { url } = server;
  const work = async () => {
    await setUpWorld({ url, memory, command: new HoldpointCommand(dataDir), records, tell });
    tell(`\nHoldpoint is at ${url}\n\n${signInLines(memory.state.password)}\n\nThe fleet is at work. Ctrl-C stops everything; the next start goes on from here.\n`);
    await workUntilStopped({ url, dataDir, memory, records, signal, tell });
  };
  const working = work();
  try {
    await Promise.race([working, stopped]);
  } finally {
    await Promise.race([working.catch(() => undefined), pause(LAST_REPORTS_MS)]);
    await server.stop();
  }
}

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
try {
  await demo(stopping.signal);
} catch (error) {
  // What a stop interrupts fails; that is no news.
  if (!stopping.signal.aborted) {
    process.stderr.write(`The demo could not go on: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
