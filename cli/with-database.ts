// Which database does a command work on?

import fs from "node:fs";
import path from "node:path";
import { closeDatabase } from "../lib/database/database.ts";
import { startDatabase } from "../lib/database/start-database.ts";
import { env } from "../lib/env.ts";

function isEmbeddedRunning(dataDir: string): boolean {
  try {
    process.kill(Number(fs.readFileSync(path.join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[0]), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** An embedded server that was running goes on; one that was started for the command is stopped after it. */
export async function withDatabase(run: () => Promise<void>): Promise<void> {
  const wasRunning = env().databaseUrl !== undefined || isEmbeddedRunning(env().dataDir);
  const database = await startDatabase();
  try {
    await run();
  } finally {
    await closeDatabase();
    if (!wasRunning) await database.stop();
  }
}
