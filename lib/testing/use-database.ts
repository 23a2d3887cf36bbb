// A database of its own for a test file: cloned before the first test, gone after the last.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { closeDatabase } from "../database/database.ts";
import { recreate, TEMPLATE } from "./test-server.ts";

/** Call it once at the top of a file. Queries and operations then work on the clone. */
export function useDatabase(): void {
  beforeAll(async () => {
    const name = `holdpoint_${randomBytes(6).toString("hex")}`;
    process.env.DATABASE_URL = await recreate(inject("adminUrl"), name, TEMPLATE);
    // What a timer of the file before opened on its database.
    await closeDatabase();
  });
  afterAll(closeDatabase);
}
