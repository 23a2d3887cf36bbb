// Can this process do its work now? And some figures that are worth watching from outside.

import { readdirSync } from "node:fs";
import { pool } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { MIGRATIONS } from "../database/start-database.ts";

export const isStorageUnavailable = isDatabaseUnavailable;

export interface Readiness {
  database: boolean;
  migrations: boolean;
}

/** Never throws: what cannot be asked is not well. */
export async function getReadiness(): Promise<Readiness> {
  try {
    const { rows } = await pool().query<{ migration_name: string }>("SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL");
    const applied = new Set(rows.map((row) => row.migration_name));
    const known = readdirSync(MIGRATIONS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return { database: true, migrations: known.every((entry) => applied.has(entry.name)) };
  } catch {
    return { database: false, migrations: false };
  }
}

export interface OpenMatters {
  findings: number;
  changes: number;
  stops: number;
  /** Actions that a person can still decide about. */
  approvals: number;
}

export async function countOpenMatters(): Promise<OpenMatters> {
  const { rows } = await pool().query<OpenMatters>(
    `SELECT (SELECT count(*) FROM finding WHERE state = 'open') AS findings, (SELECT count(*) FROM change WHERE state = 'open') AS changes,
       (SELECT count(*) FROM stop WHERE released_at IS NULL) AS stops, (SELECT count(*) FROM action WHERE state = 'held' AND expires_at > now()) AS approvals`,
  );
  return rows[0] ?? { findings: 0, changes: 0, stops: 0, approvals: 0 };
}
