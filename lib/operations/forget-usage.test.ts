import { expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { forgetUsage } from "./forget-usage.ts";

useDatabase();

const NOW = new Date("2026-11-21T10:00:00Z");
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

test("counters that nobody added to for more than forty days are forgotten, all others stay", async () => {
  const counters = (["run", "run_tool", "day", "day_tool", "day_user", "minute", "spent_day"] as const).flatMap((scope) =>
    [0, 39, 40, 41, 400].map((days) => ({ agentId: "a", scope, key: `${days}`, calls: 1n, amountMinor: 0n, countedAt: daysAgo(days) })));
  await prisma().usageCounter.createMany({ data: counters });
  expect(await forgetUsage(NOW)).toBe(14);
  const left = await prisma().usageCounter.groupBy({ by: ["key"], _count: true, orderBy: { key: "asc" } });
  expect(left.map(({ key, _count }) => [key, _count])).toEqual([["0", 7], ["39", 7], ["40", 7]]);
  expect(await forgetUsage(NOW)).toBe(0);
});

test("more than are forgotten at once are all forgotten, by two processes together", async () => {
  await pool().query("INSERT INTO usage_counter (agent_id, scope, key, calls, amount_minor, counted_at) SELECT 'b', 'minute', i::text, 1, 0, $1 FROM generate_series(1, 12000) i", [daysAgo(50)]);
  const forgotten = await Promise.all([forgetUsage(NOW), forgetUsage(NOW)]);
  expect(forgotten.reduce((sum, each) => sum + each, 0)).toBe(12_000);
  expect(await prisma().usageCounter.count({ where: { agentId: "b" } })).toBe(0);
});
