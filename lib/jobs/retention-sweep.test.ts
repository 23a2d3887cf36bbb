import { beforeEach, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { forgetDecisions } from "../operations/forget-decisions.ts";
import { forgetMessages } from "../operations/forget-messages.ts";
import { forgetPoints } from "../operations/forget-points.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { forgetWhatIsOld } from "./retention-sweep.ts";

useDatabase();

const NOW = new Date("2026-11-21T10:00:00Z");
const DAYS = 400;
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

beforeEach(async () => {
  await pool().query("TRUNCATE gate_decision, span_message, trace, run, action, rollout, enforcement_point, stop, rehearsal CASCADE");
});

describe("decisions of the gate", () => {
  interface Many { agentId: string; count: number; newest: Date; named: string; reason?: string; actionId?: string }

  /** A second apart, the newest first. */
  const decide = ({ agentId, count, newest, named, reason = "policy", actionId }: Many) => pool().query(
    `INSERT INTO gate_decision (id, agent_id, conversation_id, tool_call_id, tool, input_digest, decision, reason, sentence, policies, facts, decided_at, action_id)
     SELECT $1 || ' ' || $2 || ' ' || i, $1, 'c', $2 || i, 'refund_create', 'sha256:0', 'permit', $3, '', '{}', '{}', $4::timestamptz - i * interval '1 second', $5 FROM generate_series(0, $6 - 1) i`,
    [agentId, named, reason, newest, actionId ?? null, count]);

  const left = async (agentId: string): Promise<Record<string, number>> => {
    const { rows } = await pool().query<{ named: string; n: number }>("SELECT split_part(id, ' ', 2) AS named, count(*)::int AS n FROM gate_decision WHERE agent_id = $1 GROUP BY 1 ORDER BY 1", [agentId]);
    return Object.fromEntries(rows.map(({ named, n }) => [named, n]));
  };

  test("that are old go, all others stay", async () => {
    await decide({ agentId: "a", count: 2_000, newest: daysAgo(1), named: "new" });
    await decide({ agentId: "a", count: 30, newest: daysAgo(399), named: "nearly" });
    await decide({ agentId: "a", count: 30, newest: new Date(daysAgo(400).getTime() - 1), named: "old" });
    expect([await forgetDecisions(DAYS, NOW), await forgetDecisions(DAYS, NOW)]).toEqual([30, 0]);
    expect(await left("a")).toEqual({ new: 2_000, nearly: 30 });
  });

  test("stay however old they are where they are the newest, on which a policy is tried and from which is told what is usual", async () => {
    await decide({ agentId: "few", count: 1_999, newest: daysAgo(500), named: "old" });
    await decide({ agentId: "many", count: 2_500, newest: daysAgo(500), named: "old" });
    await decide({ agentId: "silent", count: 2_500, newest: daysAgo(1), named: "new", reason: "no_lease" });
    await decide({ agentId: "silent", count: 900, newest: daysAgo(500), named: "old" });
    expect(await forgetDecisions(DAYS, NOW)).toBe(500);
    expect([await left("few"), await left("many"), await left("silent")]).toEqual([{ old: 1_999 }, { old: 2_000 }, { new: 2_500, old: 900 }]);
    expect((await pool().query("SELECT min(decided_at) AS oldest FROM gate_decision WHERE agent_id = 'many'")).rows).toEqual([{ oldest: new Date(daysAgo(500).getTime() - 1_999_000) }]);
  });

  test("stay where an action is open, with those from which one tells what was usual before it", async () => {
    for (const [state, agentId] of [["held", "h"], ["approved", "p"], ["started", "s"], ["compensating", "g"], ["by_hand", "b"], ["committed", "c"], ["rejected", "r"], ["compensated", "t"]] as const) {
      const actionId = await storeAction(agentId, { state, preparedAt: daysAgo(2) });
      await decide({ agentId, count: 2_000, newest: daysAgo(3), named: "usual" });
      await decide({ agentId, count: 1, newest: daysAgo(450), named: "own", actionId });
      await decide({ agentId, count: 4, newest: daysAgo(500), named: "old" });
    }
    await storeAction("before", { state: "held", preparedAt: daysAgo(500) });
    await decide({ agentId: "before", count: 2_000, newest: daysAgo(1), named: "new" });
    await decide({ agentId: "before", count: 2_003, newest: daysAgo(500), named: "old" });
    await forgetDecisions(DAYS, NOW);
    for (const agentId of ["h", "p", "s", "g", "b"]) expect(await left(agentId)).toEqual({ own: 1, usual: 2_000 });
    for (const agentId of ["c", "r", "t"]) expect(await left(agentId)).toEqual({ usual: 2_000 });
    expect(await left("before")).toEqual({ new: 2_000, old: 2_000 });
  });

  test("of an agent stay as long as one of its rollouts is open", async () => {
    const rollout = { id: "ro_1", agentId: "a", changeId: "ch", candidateId: "v2", currentId: "v1", plan: {}, salt: "s", plannedAt: daysAgo(3) };
    await prisma().rollout.create({ data: { ...rollout, state: "planned" } });
    await decide({ agentId: "a", count: 2_010, newest: daysAgo(500), named: "old" });
    for (const [state, forgotten] of [["planned", 0], ["running", 0], ["paused", 0], ["held", 0], ["rolled_back", 10]] as const) {
      await prisma().rollout.update({ where: { id: rollout.id }, data: { state } });
      expect(await forgetDecisions(DAYS, NOW)).toBe(forgotten);
    }
  });

  test("that are very many go in batches, by two processes together, and in several goes", async () => {
    await decide({ agentId: "a", count: 2_000, newest: daysAgo(1), named: "new" });
    await decide({ agentId: "a", count: 40_000, newest: daysAgo(401), named: "old" });
    expect(await forgetDecisions(DAYS, NOW, 1)).toBe(5_000);
    expect(await forgetDecisions(DAYS, NOW, 10_001)).toBe(15_000);
    const both = await Promise.all([forgetDecisions(DAYS, NOW), forgetDecisions(DAYS, NOW)]);
    expect(Math.max(...both)).toBeLessThanOrEqual(20_000);
    expect(await left("a")).toEqual({ new: 2_000 });
  });
});

describe("messages beside spans", () => {
  const say = (traceId: string, days: readonly number[]) => prisma().spanMessage.createMany({ data: days.map((ago, place) => ({ agentId: "a", traceId, spanId: "s", name: "gen_ai.user.message", at: daysAgo(ago), digest: `${place}`, body: {} })) });
  const left = async () => (await prisma().spanMessage.findMany({ orderBy: { id: "asc" } })).map(({ traceId, at }) => `${traceId} ${(NOW.getTime() - at.getTime()) / 86_400_000}`);

  test("go when they are old, but not of a task in which an action is open", async () => {
    for (const [traceId, state] of [["waiting", "held"], ["done", "committed"]] as const) {
      await storeAction("a", { state, conversationId: traceId });
      await prisma().run.create({ data: { id: `ru_${traceId}`, agentId: "a", conversationId: traceId, isKeyedByTrace: false, stage: "partial", startedAt: daysAgo(500), endedAt: daysAgo(500), receivedAt: daysAgo(500), updatedAt: daysAgo(500) } });
      await prisma().trace.create({ data: { agentId: "a", traceId, runId: `ru_${traceId}` } });
    }
    for (const traceId of ["waiting", "done", "of no run"]) await say(traceId, [401, 399, 1_000]);
    expect([await forgetMessages(DAYS, NOW), await forgetMessages(DAYS, NOW)]).toEqual([4, 0]);
    expect(await left()).toEqual(["waiting 401", "waiting 399", "waiting 1000", "done 399", "of no run 399"]);
  });

  test("that are very many go in batches", async () => {
    await say("new", [1]);
    await pool().query("INSERT INTO span_message (agent_id, trace_id, span_id, name, at, digest, body) SELECT 'a', 't' || i, 's', 'n', $1, '', '{}' FROM generate_series(1, 12000) i", [daysAgo(401)]);
    await say("newer", [0]);
    expect(await forgetMessages(DAYS, NOW, 1)).toBe(4_999);
    expect(await forgetMessages(DAYS, NOW)).toBe(7_001);
    expect(await left()).toEqual(["new 1", "newer 0"]);
  });
});

describe("enforcement points", () => {
  const point = (id: string, { heard, until = heard, instance = id, first = heard }: { heard: Date; until?: Date; instance?: string; first?: Date }) =>
    prisma().enforcementPoint.create({ data: { id, agentId: "a", name: "worker", instance, kind: "sdk", firstHeardAt: first, lastHeardAt: heard, leaseUntil: until } });
  const left = async () => (await prisma().enforcementPoint.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
  const engaged = (id: string, engagedAt: Date) => prisma().stop.create({ data: { id, scope: "agent", target: "a", engagedBy: "Kim", engagedAt } });

  test("of processes that ended long ago go; one that may come back under its name stays", async () => {
    await point("ended", { heard: daysAgo(41) });
    await point("just ended", { heard: daysAgo(39) });
    await point("may act", { heard: daysAgo(41), until: daysAgo(39) });
    await point("nameless", { heard: daysAgo(400), instance: "" });
    expect([await forgetPoints(40, NOW), await forgetPoints(40, NOW)]).toEqual([1, 0]);
    expect(await left()).toEqual(["just ended", "may act", "nameless"]);
  });

  test("stay while a stop counts them, and go once it is released", async () => {
    await point("after", { heard: daysAgo(50), first: daysAgo(51) });
    await point("before", { heard: daysAgo(60), first: daysAgo(61) });
    await point("confirmed", { heard: daysAgo(60), first: daysAgo(61) });
    await engaged("st_1", daysAgo(55));
    await prisma().stopConfirmation.create({ data: { stopId: "st_1", pointId: "confirmed", agentId: "a", name: "worker", epoch: 1n, at: daysAgo(60) } });
    await forgetPoints(40, NOW);
    expect(await left()).toEqual(["after", "confirmed"]);
    await prisma().stop.update({ where: { id: "st_1" }, data: { releasedAt: daysAgo(1) } });
    await forgetPoints(40, NOW);
    expect(await left()).toEqual([]);
    expect(await prisma().stopConfirmation.count()).toBe(1);
  });

  test("stay as what a drill was proven with", async () => {
    const drill = { kind: "drill", scope: "agent", target: "a", startedBy: "Kim", epoch: 1n, startedAt: daysAgo(90) };
    await prisma().rehearsal.createMany({ data: [{ id: "re_1", ...drill }, { id: "re_2", ...drill, kind: "standing", startedAt: daysAgo(70) }] });
    await point("there", { first: daysAgo(91), heard: daysAgo(89) });
    await point("answered", { first: daysAgo(80), heard: daysAgo(80) });
    await point("not yet there", { first: daysAgo(71), heard: daysAgo(69) });
    await prisma().rehearsalAnswer.create({ data: { rehearsalId: "re_1", pointId: "answered", at: daysAgo(80) } });
    await forgetPoints(40, NOW);
    expect(await left()).toEqual(["answered", "there"]);
  });

  test("that are very many go, wherever those that stay are among them", async () => {
    await pool().query("INSERT INTO enforcement_point (id, agent_id, name, instance, kind, first_heard_at, last_heard_at, lease_until) SELECT 'pt' || lpad(i::text, 6, '0'), 'a', 'worker', CASE WHEN i % 4000 = 0 THEN '' ELSE i::text END, 'sdk', $1, $1, $1 FROM generate_series(1, 4000) i", [daysAgo(100)]);
    await pool().query("INSERT INTO enforcement_point (id, agent_id, name, instance, kind, first_heard_at, last_heard_at, lease_until) SELECT 'pt' || lpad(i::text, 6, '0'), 'b', 'worker', i::text, 'sdk', $1, $1, $1 FROM generate_series(4001, 12000) i", [daysAgo(100)]);
    expect(await forgetPoints(40, NOW)).toBe(11_999);
    expect(await left()).toEqual(["pt004000"]);
  });
});

test("counters of limits and the log are not touched", async () => {
  await prisma().usageCounter.create({ data: { agentId: "a", scope: "day", key: "2025-01-01", calls: 3n, amountMinor: 0n, countedAt: daysAgo(500) } });
  await pool().query("INSERT INTO log_entry (index, at, kind, actor, subject, body, hash) VALUES (0, $1, 'gate.decided', 'key:1', 'gd_1', '{}', '')", [daysAgo(900)]);
  await forgetWhatIsOld(NOW, { decisions: 30, messages: 1, points: 2 });
  expect([await prisma().usageCounter.count(), await prisma().logEntry.count()]).toEqual([1, 1]);
});
