// What a spec of the API starts from: servers and databases of its own, which end with it.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test as base } from "../fixtures.ts";
import { cloneDatabase, startOwnDatabase, startProcess, workOn, type OwnDatabase, type Process } from "../own-server.ts";

interface OwnHouse {
  /** A PostgreSQL that the spec may stop; the spec's own operations work on it. */
  ownDatabase: OwnDatabase;
  /** The address of a database beside the others; the spec's own operations work on it. */
  ownAddress: string;
  start: typeof startProcess;
  /** Named before `start`, it outlives the servers; a PostgreSQL that a killed one left in it ends with it. */
  folder: string;
}

function endLeftServer(folder: string): void {
  const file = path.join(folder, "postgres/postmaster.pid");
  if (!fs.existsSync(file)) return;
  try {
    process.kill(Number(fs.readFileSync(file, "utf8").split("\n")[0]), "SIGQUIT");
  } catch {
    // it is gone already
  }
}

export const test = base.extend<OwnHouse>({
  ownDatabase: async ({}, use) => {
    const database = await startOwnDatabase();
    const goBack = await workOn(database.url);
    await use(database);
    await goBack();
    await database.remove();
  },
  ownAddress: async ({}, use) => {
    const address = await cloneDatabase();
    const goBack = await workOn(address);
    await use(address);
    await goBack();
  },
  folder: async ({}, use) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-spec-"));
    await use(folder);
    endLeftServer(folder);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  start: async ({}, use, info) => {
    const started: Process[] = [];
    await use(async (...parameters) => {
      const server = await startProcess(...parameters);
      started.push(server);
      return server;
    });
    await Promise.all(started.map((server) => server.stop()));
    if (info.status !== info.expectedStatus) for (const [index, server] of started.entries()) fs.writeFileSync(info.outputPath(`server-${index + 1}.log`), server.output());
  },
});

export { expect } from "../fixtures.ts";
