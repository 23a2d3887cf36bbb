// Which database does this process use? The one in DATABASE_URL, or its own; brought to the newest schema either way.

import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { env } from "../env.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";

export const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

export interface StartedDatabase {
  isEmbedded: boolean;
  wasAdopted: boolean;
  migrations: string[];
  stop: () => Promise<void>;
}

async function createMissing(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Afterwards DATABASE_URL is set for every module of this process. */
export async function startDatabase(): Promise<StartedDatabase> {
  const { databaseUrl, dataDir } = env();
  if (databaseUrl) {
    return { isEmbedded: false, wasAdopted: false, migrations: await migrate(databaseUrl, MIGRATIONS), stop: async () => undefined };
  }
  const server = await startEmbeddedPostgres(path.join(dataDir, "postgres"));
  await createMissing(server.url("postgres"), "holdpoint");
  process.env.DATABASE_URL = server.url("holdpoint");
  const migrations = await migrate(process.env.DATABASE_URL, MIGRATIONS);
  return { isEmbedded: true, wasAdopted: server.wasAdopted, migrations, stop: server.stop };
}
