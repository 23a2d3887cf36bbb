import { beforeAll, expect, test } from "vitest";
import { gatePool, pool } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { inTwoTrips } from "./in-two-trips.ts";

useDatabase();

const read = { name: "read-count", text: "SELECT count FROM counted WHERE id = 1" };
const increment = (by = 1) => inTwoTrips<{ count: number }, number>({
  locks: ["b 'quoted'", "a"], read,
  // The new value is made of what was read: without the lock before the reading, some would be lost.
  decide: ([row]) => ({ write: { text: "UPDATE counted SET count = $1 WHERE id = 1", values: [(row?.count ?? 0) + by] }, result: (row?.count ?? 0) + by }),
});
const stored = async () => (await pool().query<{ count: number }>("SELECT count FROM counted")).rows[0]?.count;

beforeAll(async () => {
  await pool().query("CREATE TABLE counted (id int PRIMARY KEY, count int NOT NULL CHECK (count < 1000)); INSERT INTO counted VALUES (1, 0)");
});

test("what is read under the locks is what was written last", async () => {
  const counts = await Promise.all(Array.from({ length: 40 }, () => increment()));
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(await stored()).toBe(40);
});

test("a write that fails stores nothing, is told, and the connection goes on", async () => {
  const before = await stored();
  await Promise.all([expect(increment(2_000)).rejects.toThrow("check constraint"), increment()]);
  expect(await stored()).toBe((before ?? 0) + 1);
  expect(gatePool().waitingCount).toBe(0);
});

test("whoever cannot decide leaves nothing behind, and the locks are free", async () => {
  const before = await stored();
  await expect(inTwoTrips({ locks: ["a"], read, decide: () => { throw new Error("undecided"); } })).rejects.toThrow("undecided");
  expect(await increment()).toBe((before ?? 0) + 1);
});

test("a connection that dies in between is not used again", async () => {
  const before = await stored();
  const dying = inTwoTrips<{ pid: number }, null>({
    locks: [], read: { text: "SELECT pg_backend_pid() AS pid, pg_terminate_backend(pg_backend_pid())" }, decide: () => ({ write: null, result: null }),
  });
  await expect(dying).rejects.toThrow();
  expect(await increment()).toBe((before ?? 0) + 1);
});
