import { expect, test } from "vitest";
import { pool } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { countNewRuns } from "./teach-planner.ts";

useDatabase();

const looks = async (): Promise<number> => {
  const { rows } = await pool().query<{ count: number }>("SELECT analyze_count::int AS count FROM pg_stat_user_tables WHERE relname = 'run'");
  return rows[0]?.count ?? 0;
};

test("the planner looks once the table is no longer nearly empty, and not at every run", async () => {
  const before = await looks();
  countNewRuns(499);
  countNewRuns(1);
  await expect.poll(looks).toBe(before + 1);
  countNewRuns(100);
  countNewRuns(4_400);
  await expect.poll(looks).toBe(before + 2);
  countNewRuns(1_000_000);
  await pool().query("SELECT pg_stat_force_next_flush()");
  expect(await looks()).toBe(before + 2);
});
