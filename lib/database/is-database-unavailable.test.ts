import { expect, test } from "vitest";
import { useDatabase } from "../testing/use-database.ts";
import { pool, prisma, type Transaction } from "./database.ts";
import { isDatabaseUnavailable } from "./is-database-unavailable.ts";

useDatabase();

const withCode = (code: string, message = "failed"): Error => Object.assign(new Error(message), { code });

test.each([
  ["refused", withCode("ECONNREFUSED"), true],
  ["shut down, told by pg", withCode("57P01", "terminating connection due to administrator command"), true],
  ["shut down, told by Prisma", withCode("P2039", "\nInvalid `prisma.apiKey.findUnique()` invocation:\n\n\nDatabase error. Code: `57P01`. Message: `terminating connection due to administrator command`"), true],
  ["starting up, in a raw query of Prisma", withCode("P2010", "Raw query failed. Code: `57P03`. Message: `the database system is starting up`"), true],
  ["too many connections", withCode("53300"), true],
  ["wrapped", new Error("something failed", { cause: withCode("08006") }), true],
  ["ended at a commit, told by the driver adapter", new Error("terminating connection due to administrator command", { cause: { code: "57P01", kind: "postgres" } }), true],
  ["no room on the disk", withCode("53100"), true],
  ["a statement that took too long", withCode("57014"), true],
  ["lost between two statements", new Error("Client has encountered a connection error and is not queryable"), true],
  ["no answer to a statement", new Error("Query read timeout"), true],
  ["no connection to be had", new Error("timeout exceeded when trying to connect"), true],
  ["readable only, told by pg", withCode("25006", "cannot execute INSERT in a read-only transaction"), true],
  ["a duplicate", withCode("23505", "duplicate key value violates unique constraint"), false],
  ["a duplicate, told by Prisma", withCode("P2039", "Database error. Code: `23505`. Message: `duplicate key`"), false],
  ["a bug", new TypeError("x is undefined"), false],
  ["no error at all", "ECONNREFUSED", false],
])("%s", (_, error, isAway) => {
  expect(isDatabaseUnavailable(error)).toBe(isAway);
});

test("a server that only reads, as after a failover, is away for whoever stores, in each way in which that is told", async () => {
  const whereOnlyRead = (store: (tx: Transaction) => Promise<unknown>): Promise<unknown> => prisma().$transaction(async (tx) => {
    await tx.$executeRaw`SET TRANSACTION READ ONLY`;
    await store(tx);
  }).catch((error: unknown) => error);
  const client = await pool().connect();
  await client.query("BEGIN READ ONLY");
  const errors = [
    await whereOnlyRead((tx) => tx.person.create({ data: { id: "pe_1", email: "a@example.test", name: "Ana", createdAt: new Date() } })),
    await whereOnlyRead((tx) => tx.$executeRaw`DELETE FROM person`),
    await whereOnlyRead((tx) => tx.$queryRaw`SELECT id FROM person FOR UPDATE`),
    await client.query("DELETE FROM person").catch((error: unknown) => error),
  ];
  client.release(true);
  expect(errors.map(isDatabaseUnavailable)).toEqual([true, true, true, true]);
});
