// One PostgreSQL for a whole test run, with a migrated template that each test file clones.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres, stopLeftPostgres } from "../database/embedded-postgres.ts";
import { migrate } from "../database/migrate.ts";
import { MIGRATIONS } from "../database/start-database.ts";

export const TEMPLATE = "holdpoint_template";

const FOLDER = "holdpoint-test-";
/** In the folder of a run: whose it is. */
const OWNER = "owner-pid";

function isOver(folder: string): boolean {
  try {
    process.kill(Number(fs.readFileSync(path.join(folder, OWNER), "utf8")), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** A run that was killed cleaned nothing up: the next one does it. */
export async function removeLeftFolders(): Promise<void> {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const folder = path.join(os.tmpdir(), name);
    if (!name.startsWith(FOLDER) || !isOver(folder)) continue;
    await stopLeftPostgres(path.join(folder, "postgres"));
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** `TEST_DATABASE_URL` names a server of one's own; without it an embedded one runs in a temporary folder, without fsync. */
export async function startTestServer(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  await removeLeftFolders();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), FOLDER));
  fs.writeFileSync(path.join(folder, OWNER), String(process.pid));
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? null : await startEmbeddedPostgres(path.join(folder, "postgres"), { fsync: "off", synchronous_commit: "off", full_page_writes: "off" });
  const adminUrl = given ?? server?.url("postgres") ?? "";
  const stop = async () => {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const template = new URL(adminUrl);
  template.pathname = `/${TEMPLATE}`;
  try {
    await recreate(adminUrl, TEMPLATE, "template0");
    await migrate(template.href, MIGRATIONS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { adminUrl, stop };
}

/** Drops and creates; only ever on this machine. */
export async function recreate(adminUrl: string, name: string, template: string): Promise<string> {
  const url = new URL(adminUrl);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) throw new Error(`tests drop databases, so they refuse the host ${url.hostname}`);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)} STRATEGY FILE_COPY`);
  } finally {
    await client.end();
  }
  url.pathname = `/${name}`;
  return url.href;
}
