// Is the database on the newest schema? Applies prisma/migrations with pg alone, in the table that Prisma's own tools read.

import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";

/** Prisma's engine takes this advisory lock, too: two starts, or a start and the command line, do not collide. */
const PRISMA_MIGRATION_LOCK = 72_707_369;

interface AppliedMigration {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

function pendingMigrations(directory: string, applied: AppliedMigration[]) {
  const known = new Map(applied.map((row) => [row.migration_name, row]));
  const names = fs.readdirSync(directory).filter((name) => fs.existsSync(path.join(directory, name, "migration.sql")));
  return names.sort().flatMap((name) => {
    const sql = fs.readFileSync(path.join(directory, name, "migration.sql"), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    const row = known.get(name);
    if (!row) return [{ name, sql, checksum }];
    if (!row.finished_at) throw new Error(`migration ${name} failed before; resolve it first`);
    if (row.checksum !== checksum) throw new Error(`migration ${name} was changed after it had been applied`);
    return [];
  });
}

/** Returns the names of the migrations it applied. A database that is newer than the code is left alone. */
export async function migrate(url: string, directory: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_MIGRATION_LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
      logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`);
    const { rows } = await client.query<AppliedMigration>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    const pending = pendingMigrations(directory, rows);
    for (const { name, sql, checksum } of pending) {
      await client.query("BEGIN");
      await client.query(sql);
      await client.query(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)",
        [randomUUID(), checksum, name],
      );
      await client.query("COMMIT");
    }
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
