import { expect, test } from "vitest";
import { useDatabase } from "../testing/use-database.ts";
import { gatePool, pool, urgentDatabase } from "./database.ts";
import { isDatabaseUnavailable } from "./is-database-unavailable.ts";

useDatabase();

test.each([["everyday", pool], ["urgent", () => urgentDatabase().pool], ["gate", gatePool]] as const)("a connection of the %s pool that is cut between two statements fails the next one, and not the process", async (_, poolOf) => {
  const held = await poolOf().connect();
  const { rows: [own] } = await held.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const ended = new Promise<void>((resolve) => held.once("end", resolve));
  // With a connection of another pool: this one may have no second.
  await (poolOf === pool ? urgentDatabase().pool : pool()).query("SELECT pg_terminate_backend($1)", [own?.pid]);
  await ended;
  const refusal: unknown = await held.query("SELECT 1").catch((error: unknown) => error);
  expect(isDatabaseUnavailable(refusal)).toBe(true);
  held.release();
  expect((await poolOf().query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});
